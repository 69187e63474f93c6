import { z } from 'zod';
import type { Holdfast } from '../support/harness.ts';

/** A JSON schema, as far as making values of it needs. */
export type Schema = Readonly<Record<string, unknown>>;

export type ApiOperation = {
  readonly operationId: string;
  readonly method: string;
  /** `/api/events/{eventId}` */
  readonly path: string;
  /** Whether it can be called without a token. */
  readonly isOpen: boolean;
  readonly pathParams: readonly string[];
  readonly queryParams: readonly string[];
  readonly body: Schema | null;
  /** The statuses that the document speaks of. */
  readonly statuses: ReadonlySet<number>;
};

export type Api = {
  readonly operations: readonly ApiOperation[];
  readonly schemas: Readonly<Record<string, Schema>>;
};

const Parameter = z.object({ name: z.string(), in: z.string() });
const SchemaShape = z.record(z.string(), z.unknown());
const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        security: z.array(z.record(z.string(), z.unknown())),
        parameters: z.array(Parameter).default([]),
        requestBody: z
          .object({ content: z.object({ 'application/json': z.object({ schema: SchemaShape }) }) })
          .optional(),
        responses: z.record(z.string(), z.unknown()),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), SchemaShape) }),
});

/** Every operation that the running server says it has. */
export async function readApi(holdfast: Pick<Holdfast, 'url'>): Promise<Api> {
  const response = await fetch(`${holdfast.url}/openapi.json`);
  const document = Document.parse(await response.json());
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      operationId: operation.operationId,
      method: method.toUpperCase(),
      path,
      isOpen: operation.security.every((scheme) => Object.keys(scheme).length === 0),
      pathParams: namesIn(operation.parameters, 'path'),
      queryParams: namesIn(operation.parameters, 'query'),
      body: operation.requestBody?.content['application/json'].schema ?? null,
      statuses: new Set(Object.keys(operation.responses).map(Number)),
    })),
  );
  return { operations, schemas: document.components.schemas };
}

/** The path with its parameters put in, as they are: whoever wants them encoded does so. */
export function pathOf(operation: ApiOperation, params: Readonly<Record<string, string>>): string {
  return operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${operation.operationId} needs ${name}.`);
    return value;
  });
}

function namesIn(parameters: readonly z.output<typeof Parameter>[], place: string): string[] {
  return parameters.filter((parameter) => parameter.in === place).map((parameter) => parameter.name);
}
