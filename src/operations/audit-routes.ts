import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../platform/http/route.ts';
import { readLatestAudit } from '../reconciliation/latest-audit.ts';
import type { Resources } from '../resources.ts';

const Counts = z.record(z.string(), z.int());
const Audit = z
  .object({
    at: z.iso.datetime(),
    isClean: z.boolean(),
    findings: z.array(
      z.object({
        invariant: z.enum(['I1', 'I2', 'I3', 'I4', 'I5']),
        says: z.string(),
        counts: Counts.describe('How much was looked at'),
        breaches: Counts.describe('What must be none of'),
        examples: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'Audit' });

export const auditRoutes: readonly AnyRoute<Resources>[] = [
  defineRoute({
    method: 'get',
    path: '/api/admin/audit',
    operationId: 'getLatestAudit',
    summary: 'What the last audit of the invariants found',
    description:
      'The cleanup worker makes one each minute, without the books of Stripe; `npm run audit` compares those too.',
    tags: ['operations'],
    auth: { roles: ['admin'] },
    answers: {
      200: { description: 'The last audit', schema: Audit },
      204: { description: 'None has been made yet' },
    },
    handle: async (resources: Resources) => {
      const json = await readLatestAudit(resources);
      if (json === null) return { status: 204 };
      return { status: 200, body: json, headers: { 'content-type': 'application/json; charset=utf-8' } };
    },
  }),
];
