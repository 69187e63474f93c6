import type { SeatModel } from '../../seat-map/seat-model.ts';

export function seatsOfSection(model: SeatModel, section: number): number[] {
  const seats: number[] = [];
  for (const [seat, own] of model.sectionOf.entries()) if (own === section) seats.push(seat);
  return seats;
}
