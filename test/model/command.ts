import type * as fc from 'fast-check';
import type { Client } from '../support/client.ts';
import { seatsAgree } from './checks.ts';
import type { Model, Real } from './model.ts';

export type Command = fc.AsyncCommand<Model, Real>;

/** A command that checks the seats when it is done. */
export function command(
  name: string,
  can: (model: Model) => boolean,
  act: (model: Model, real: Real) => Promise<void>,
): Command {
  return {
    check: can,
    async run(model, real) {
      await act(model, real);
      await seatsAgree(model, real);
    },
    toString: () => name,
  };
}

/** Several as one, so that what takes many steps is not left to chance; those that can not be done are left out. */
export function inTurn(name: string, commands: readonly Command[]): Command {
  return {
    check: () => true,
    async run(model, real) {
      for (const each of commands) if (each.check(model)) await each.run(model, real);
    },
    toString: () => name,
  };
}

export function buyerOf({ buyers }: Real, buyer: number): Client {
  const found = buyers[buyer];
  if (found === undefined) throw new Error(`No buyer ${buyer}`);
  return found;
}
