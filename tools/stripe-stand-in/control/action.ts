import type { World } from '../world.ts';

/** What a control does, given the JSON sent and the id in the path; its result is the answer. */
export type Action = (world: World, body: unknown, id: string) => object | Promise<object>;

/** A control names something that isn't there. */
export class NotFound extends Error {}
