/** This process's clock. It stamps logs and ids and measures waits; expiry is decided by the database's clock alone. */
export type Clock = { nowMs(): number };

export const systemClock: Clock = { nowMs: () => Date.now() };
