import { type ZodOpenApiOperationObject, type ZodOpenApiPathsObject, createDocument } from 'zod-openapi';
import { z } from 'zod';
import { PROBLEMS } from '../problem.ts';
import { PROBLEM_CONTENT_TYPE, ProblemDocument } from './problem-details.ts';
import type { Operation } from './route.ts';

/** The OpenAPI 3.1 document of the operations, made from the schemas that validate them. */
export function openApiDocument(
  operations: readonly Operation[],
  info: { version: string; baseUrl: string },
): unknown {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of operations) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Holdfast',
      version: info.version,
      description:
        'Numbered seats, sold once. Errors are problem documents (RFC 9457); times are ISO 8601 in UTC; money is in minor units with an ISO 4217 code.',
    },
    servers: [{ url: info.baseUrl }],
    paths,
    components: {
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  });
}

function operationOf(route: Operation): ZodOpenApiOperationObject {
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [...route.tags],
    security:
      route.auth === 'none'
        ? []
        : route.auth === 'optional'
          ? [{}, { accessToken: [] }]
          : [{ accessToken: [] }],
    requestParams: {
      ...(route.params instanceof z.ZodObject ? { path: route.params } : {}),
      ...(route.query instanceof z.ZodObject ? { query: route.query } : {}),
      ...(route.idempotent === true ? { header: IdempotencyHeader } : {}),
    },
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }),
    responses: { ...answersOf(route), ...problemsOf(route) },
  };
}

const IdempotencyHeader = z.object({
  'idempotency-key': z.string().max(191).optional().meta({
    description: 'A unique text of your choice: the same request sent again with it is not run twice.',
  }),
});

function answersOf(route: Operation): ZodOpenApiOperationObject['responses'] {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, answer]) => [
      status,
      {
        description: answer.description,
        ...(answer.schema === undefined
          ? {}
          : { content: { [answer.contentType ?? 'application/json']: { schema: answer.schema } } }),
      },
    ]),
  );
}

function problemsOf(route: Operation): ZodOpenApiOperationObject['responses'] {
  const kinds = [
    ...(route.problems ?? []),
    ...(route.params ? [PROBLEMS.not_found] : []),
    ...(route.body || route.query ? [PROBLEMS.invalid_request] : []),
    ...(route.auth === 'none' ? [] : [PROBLEMS.unauthenticated]),
    ...(typeof route.auth === 'object' ? [PROBLEMS.forbidden] : []),
    ...(route.rateLimit === 'none' ? [] : [PROBLEMS.rate_limited]),
    PROBLEMS.server_busy,
    PROBLEMS.unavailable,
  ].filter(({ status }) => route.answers[status] === undefined);
  const byStatus = Map.groupBy(kinds, (kind) => kind.status);
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      String(status),
      {
        description: [...new Set(same.map((kind) => `\`${kind.code}\`: ${kind.title}`))].join('; '),
        content: { [PROBLEM_CONTENT_TYPE]: { schema: ProblemDocument } },
      },
    ]),
  );
}
