/** How far the server's clock is ahead of this machine's, from the answer that travelled the shortest. */
let aheadMs = 0;
let travelledMs = Infinity;
/** Later answers replace earlier ones that travelled as long: clocks drift, and are set. */
const TRAVEL_TOLERANCE_MS = 150;

/** Learns from an answer that carries the server's time; `sentAt` is when it was asked for, by this machine's clock. */
export function clockSeen(serverTime: string, sentAt: number): void {
  const now = Date.now();
  const tookMs = now - sentAt;
  const serverMs = Date.parse(serverTime);
  if (Number.isNaN(serverMs) || tookMs < 0 || tookMs > travelledMs + TRAVEL_TOLERANCE_MS) return;
  travelledMs = tookMs;
  aheadMs = serverMs - (sentAt + tookMs / 2);
}

/** Milliseconds until a moment of the server's clock; negative once it is past. */
export function msUntil(serverTime: string): number {
  return Date.parse(serverTime) - (Date.now() + aheadMs);
}
