/** What a reload must not forget: the seats of the last hold, so that it can be told that their time ran out. */
export type RememberedCart = { readonly holdId: string; readonly seats: readonly number[] };

export function rememberCart(eventId: string, cart: RememberedCart | null): void {
  try {
    if (cart === null) sessionStorage.removeItem(keyOf(eventId));
    else sessionStorage.setItem(keyOf(eventId), JSON.stringify(cart));
  } catch {
    // Storage is blocked or full: then a reload after the end says nothing of the seats that were.
  }
}

export function rememberedCart(eventId: string): RememberedCart | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(eventId)) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('holdId' in kept) || !('seats' in kept)) return null;
    if (typeof kept.holdId !== 'string' || !Array.isArray(kept.seats)) return null;
    return { holdId: kept.holdId, seats: kept.seats.filter((seat: unknown) => typeof seat === 'number') };
  } catch {
    return null;
  }
}

function keyOf(eventId: string): string {
  return `holdfast.cart.${eventId}`;
}
