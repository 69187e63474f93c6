import type { CartNews } from '../../cart/cart-state.ts';
import { announce, showToast } from '../../layout/notices.ts';
import { messages } from '../../messages/messages.ts';
import { plainWords } from '../../messages/plain-words.ts';
import { minutesSeconds } from '../../platform/format.ts';
import { navigate } from '../../platform/router.tsx';
import { msUntil } from '../../platform/server-clock.ts';
import { nearestFree } from '../../seats/nearest-free.ts';
import type { BoxOffice } from './box-office.ts';
import { seatsInWords } from './seat-words.ts';

/** Tells the buyer what became of the cart, in words; where it is on the map, the page shows besides. */
export function tellNews(news: CartNews, office: BoxOffice): void {
  const { model, cart } = office;
  const words = messages.news;
  switch (news.kind) {
    case 'taken':
      return announce(words.taken(seatsInWords(model, news.seats)));
    case 'found':
      return showToast(words.found(seatsInWords(model, news.seats)));
    case 'released':
      return announce(words.released(news.seats.length));
    case 'lost':
      return tellLoss(news.seats, office);
    case 'lapsed':
      return announce(words.lapsed);
    case 'back':
      return showToast(
        words.back(minutesSeconds(news.hold.expiresAt === null ? 0 : msUntil(news.hold.expiresAt))),
      );
    case 'paid':
      return navigate(`/events/${cart.eventId}/payments/${news.paymentId}`);
    case 'refused':
      return showToast(plainWords(news.error));
  }
}

function tellLoss(lost: readonly number[], { model, states, cart }: BoxOffice): void {
  const words = messages.news.lost(seatsInWords(model, lost));
  const instead = nearestFree(model, states, lost);
  if (instead.length < lost.length) return showToast(words);
  showToast(words, { label: messages.news.nearest(shortly(model, instead)), run: () => cart.take(instead) });
}

function shortly(model: BoxOffice['model'], seats: readonly number[]): string {
  const [only] = seats;
  return seats.length === 1 && only !== undefined
    ? seatsInWords(model, [only])
    : messages.news.manySeats(seats.length);
}
