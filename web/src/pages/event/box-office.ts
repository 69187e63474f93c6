import { Cart } from '../../cart/cart.ts';
import type { CartNews } from '../../cart/cart-state.ts';
import type { SeatModel } from '../../seat-map/seat-model.ts';
import { type LiveSeats, followSeats } from '../../seats/live-seats.ts';
import { SeatStates } from '../../seats/seat-states.ts';

/** All that one open event page keeps: the venue, who has each seat, the buyer's cart. */
export type BoxOffice = {
  readonly model: SeatModel;
  readonly states: SeatStates;
  readonly cart: Cart;
  readonly live: LiveSeats;
  close(): void;
};

export function openBoxOffice(
  { eventId, model, isBack }: { eventId: string; model: SeatModel; isBack: boolean },
  tell: (news: CartNews, office: BoxOffice) => void,
): BoxOffice {
  const states = new SeatStates(model);
  const cart: Cart = new Cart({ eventId, states, tell: (news) => tell(news, office) });
  const live = followSeats(eventId, states);
  const office: BoxOffice = {
    model,
    states,
    cart,
    live,
    close() {
      cart.close();
      live.close();
    },
  };
  cart.open(isBack);
  return office;
}
