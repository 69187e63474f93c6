import type { RequestHandler } from 'express';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Role } from '../../../db/schema.ts';
import type { ProblemKind } from '../problem.ts';

/** Who sent the request, as the access token says. */
export type Identity = {
  readonly userId: string;
  readonly role: Role;
  readonly isGuest: boolean;
  readonly sessionId: string;
};

/** `none`: tokens are not looked at. `optional`: a token, if sent, must be good. `roles`: signed in with one of them. */
export type AuthRule = 'none' | 'optional' | 'required' | { readonly roles: readonly Role[] };

type IdentityFor<Auth extends AuthRule> = Auth extends 'none'
  ? null
  : Auth extends 'optional'
    ? Identity | null
    : Identity;
type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export type RouteContext<Auth extends AuthRule, Params, Query, Body> = {
  readonly identity: IdentityFor<Auth>;
  readonly params: Parsed<Params>;
  readonly query: Parsed<Query>;
  readonly body: Parsed<Body>;
  readonly headers: IncomingHttpHeaders;
  /** The client's address, behind as many proxies as are trusted. */
  readonly address: string;
  readonly requestId: string;
  /** The body's bytes; only where the route says `rawBody`. */
  readonly rawBody: Buffer;
};

export type Reply = {
  readonly status: number;
  /** Serialised as JSON, unless it is a string, a Buffer or a Readable with its own `content-type` header. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** In place of a body; only where the route says `isLive`. */
  readonly live?: LiveBody;
};

/** Has something to write for as long as the client stays. Until it calls `begin`, which sends the head, it may refuse. */
export type LiveBody = (res: ServerResponse, begin: () => void) => Promise<void>;

export type Answer = {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
};

/** One operation of the API: the same schemas validate the request and make the OpenAPI document. */
export type Route<
  Resources,
  Auth extends AuthRule = AuthRule,
  Params = unknown,
  Query = unknown,
  Body = unknown,
> = {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Express style: `/api/events/:eventId`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly auth: Auth;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Whether an `Idempotency-Key` header is honoured. */
  readonly idempotent?: boolean;
  readonly rawBody?: boolean;
  /** For answers that may be large: packed as the client accepts. The others are not worth the time. */
  readonly compress?: boolean;
  /** Its answer lasts as long as its client stays: that is no time to measure, nor a request that is being answered. */
  readonly isLive?: boolean;
  /** Default 100 kB. */
  readonly bodyBytesMax?: number;
  /** `sign-in` is the strict limit of the routes that check passwords; `none` is for Stripe and for probes. */
  readonly rateLimit?: 'default' | 'sign-in' | 'none';
  readonly answers: Readonly<Record<number, Answer>>;
  /** The refusals of this operation, besides those that any may have. */
  readonly problems?: readonly ProblemKind[];
  readonly handle: (resources: Resources, context: RouteContext<Auth, Params, Query, Body>) => Promise<Reply>;
};

/** A route after its types have served: what the app mounts and documents. */
export type AnyRoute<Resources> = Omit<Route<Resources>, 'handle' | 'params' | 'query' | 'body'> & {
  readonly params?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  readonly handle: (resources: Resources, context: never) => Promise<Reply>;
};

/** Keeps the types of the schemas together with the handler that relies on them. */
export function defineRoute<
  Resources,
  const Auth extends AuthRule,
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(route: Route<Resources, Auth, Params, Query, Body>): AnyRoute<Resources> {
  return route;
}

/** What the OpenAPI document tells of an operation. */
export type Operation = Omit<AnyRoute<never>, 'handle'>;

/** Something that express serves otherwise than as a route: pages, streams, dashboards. */
export type Mount = {
  readonly path: string;
  readonly handler: RequestHandler;
};
