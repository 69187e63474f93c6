import { z } from 'zod';

/** Seats and buyers are taken in turn from `from` on, so that no two requests of a run want the same. */
const From = z.int();
const Authorizations = z.array(z.string());

/** What a generator can be told to send. */
export const ScriptSpec = z.discriminatedUnion('name', [
  /** One path for ever; the answer must hold the text. */
  z.object({ name: z.literal('get'), path: z.string(), holds: z.string() }),
  /** The bare baseline: seats in turn, or the same few again and again. */
  z.object({
    name: z.literal('lock'),
    from: From,
    seats: z.int(),
    status: z.union([z.literal(200), z.literal(409)]),
  }),
  /** The plain baseline: a seat of its own for each request. */
  z.object({ name: z.literal('plain'), from: From }),
  /** Everybody wants the same few seats, which are another's. */
  z.object({ name: z.literal('refuse'), eventId: z.string(), seats: z.int(), buyers: Authorizations }),
  /** A seat for each buyer, then the next event. Each event has as many seats as there are buyers. */
  z.object({
    name: z.literal('hold'),
    events: z.array(z.string()),
    buyers: Authorizations,
    from: From,
    respondAsync: z.boolean(),
    /** Whether "not now" is a right answer, as it is to more than can be done. */
    mayPutOff: z.boolean().optional(),
    /** Whether what each connection is answered first is counted apart, as `first 201`. */
    firstApart: z.boolean().optional(),
  }),
  /** Take a seat, give it back, of any of the events. As many buyers as connections. */
  z.object({ name: z.literal('cycle'), events: z.array(z.string()), seats: z.int(), buyers: Authorizations }),
  /** The state of all seats; `conditional`: with the newest ETag that was seen. */
  z.object({ name: z.literal('seats'), eventId: z.string(), seats: z.int(), conditional: z.boolean() }),
  /** Buyers at work: a look at the seats, then a try for one that is another's, and so on. */
  z.object({ name: z.literal('visit'), eventId: z.string(), seats: z.int(), buyers: Authorizations }),
  /** Each buyer asks for its open hold once, so that the servers know the tokens. */
  z.object({ name: z.literal('greet'), eventId: z.string(), buyers: Authorizations }),
]);
export type ScriptSpec = z.output<typeof ScriptSpec>;

export const Task = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('load'),
    ports: z.array(z.int()),
    connections: z.int(),
    durationMs: z.number(),
    perSecond: z.number().optional(),
    dropLate: z.boolean().optional(),
    /** Closed loop: whoever is put off sends nothing until the time that it was told is over. */
    heedsRetryAfter: z.boolean().optional(),
    script: ScriptSpec,
  }),
  /** Opens connections, uses each once, and keeps them open until `unpark`, which tells how many still are. */
  z.object({
    kind: z.literal('park'),
    ports: z.array(z.int()),
    connections: z.int(),
    path: z.string(),
  }),
  z.object({ kind: z.literal('unpark') }),
  z.object({
    kind: z.literal('purchases'),
    port: z.int(),
    standInPort: z.int(),
    connections: z.int(),
    durationMs: z.number(),
    events: z.array(z.string()),
    buyers: Authorizations,
    from: From,
  }),
  /** Opens viewers of an event's stream and keeps them. */
  z.object({ kind: z.literal('view'), port: z.int(), eventId: z.string(), viewers: z.int() }),
  /** Takes seats at a rate while the viewers watch, and tells how late each of them heard of it. */
  z.object({
    kind: z.literal('watch'),
    port: z.int(),
    eventId: z.string(),
    buyers: Authorizations,
    from: From,
    perSecond: z.number(),
    durationMs: z.number(),
  }),
]);
export type Task = z.output<typeof Task>;

const Latencies = z.record(z.string(), z.instanceof(Float64Array));
export const LoadReport = z.object({
  counts: z.record(z.string(), z.number()),
  wrong: z.number(),
  firstFault: z.string().nullable(),
  begunAtMs: z.number().optional(),
  seconds: z.number(),
  latenciesMs: Latencies,
  generatorSeconds: z.number(),
  /** Bytes of the largest body, where the script looks at it. */
  largestBody: z.number().optional(),
});
export type LoadReport = z.output<typeof LoadReport>;

export const ParkReport = z.object({ open: z.number() });
