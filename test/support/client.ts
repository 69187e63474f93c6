import type { Holdfast } from './harness.ts';

export type Answer<Body> = { readonly status: number; readonly headers: Headers; readonly body: Body };

/** A caller of the API with plain fetch; it keeps the access token that it was given. */
export type Client = {
  readonly token: string | null;
  readonly userId: string | null;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says what it expects of a body by its assertions
  request<Body = any>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>>;
};

export function client(
  holdfast: Pick<Holdfast, 'url'>,
  session: { token: string; userId: string } | null = null,
): Client {
  return {
    token: session?.token ?? null,
    userId: session?.userId ?? null,
    async request(method, path, body, headers = {}) {
      const response = await fetch(new URL(path, holdfast.url), {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(session === null ? {} : { authorization: `Bearer ${session.token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      return {
        status: response.status,
        headers: response.headers,
        body: isJson && text !== '' ? JSON.parse(text) : text,
      };
    },
  };
}

/** A new guest buyer. */
export async function guest(holdfast: Pick<Holdfast, 'url'>): Promise<Client> {
  const { status, body } = await client(holdfast).request('POST', '/api/auth/guest', {});
  if (status !== 201) throw new Error(`No guest could be made: ${status} ${JSON.stringify(body)}`);
  return client(holdfast, { token: body.accessToken, userId: body.user.id });
}
