import type { EventDetails, OwnEvent } from '../api/events.ts';
import { isTimeZone, isoOf, localOf } from '../parts/venue-time.ts';
import { wholeNumber } from '../parts/fields.tsx';
import { texts } from '../texts/texts.ts';

/** What is said of an event, as it is typed: times on the venue's clocks. */
export type EventForm = {
  readonly name: string;
  readonly venueName: string;
  readonly description: string;
  readonly timeZone: string;
  readonly date: string;
  readonly currency: string;
  readonly saleOpensAt: string;
  readonly saleClosesAt: string;
  readonly refunds: 'begin' | 'never' | 'until';
  readonly refundableUntil: string;
  readonly seatsPerBuyerMax: string;
  readonly holdTtlSeconds: string;
};
export type Faults = Readonly<Partial<Record<string, string>>>;
export type FormReading =
  | { readonly outcome: 'details'; readonly details: EventDetails }
  | { readonly outcome: 'faults'; readonly faults: Faults };

export const DETAIL_FIELDS = ['name', 'venueName', 'description', 'timeZone', 'date', 'currency'] as const;

export function emptyForm(): EventForm {
  return {
    name: '',
    venueName: '',
    description: '',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    date: '',
    currency: 'EUR',
    saleOpensAt: '',
    saleClosesAt: '',
    refunds: 'begin',
    refundableUntil: '',
    seatsPerBuyerMax: '10',
    holdTtlSeconds: '',
  };
}

export function formOf(event: OwnEvent): EventForm {
  const local = (iso: string | null) => localOf(iso, event.timeZone);
  const refunds =
    event.refundableUntil === null ? 'never' : event.refundableUntil === event.date ? 'begin' : 'until';
  return {
    name: event.name,
    venueName: event.venueName,
    description: event.description ?? '',
    timeZone: event.timeZone,
    date: local(event.date),
    currency: event.currency,
    saleOpensAt: local(event.saleOpensAt),
    // The API says when it closes in any case; left as it was, it goes on following the event's begin.
    saleClosesAt: event.saleClosesAt === event.date ? '' : local(event.saleClosesAt),
    refunds,
    refundableUntil: refunds === 'until' ? local(event.refundableUntil) : '',
    seatsPerBuyerMax: String(event.seatsPerBuyerMax),
    holdTtlSeconds: event.holdTtlSeconds === null ? '' : String(event.holdTtlSeconds),
  };
}

/** Turns what was typed into what the API takes, or tells what is wrong with which field. */
export function readForm(form: EventForm): FormReading {
  const zone = form.timeZone.trim();
  if (!isTimeZone(zone)) return { outcome: 'faults', faults: { timeZone: texts.details.zoneFault } };
  const times = readTimes(form, zone);
  const seatsPerBuyerMax = wholeNumber(form.seatsPerBuyerMax);
  const faults: Faults = {
    ...times.faults,
    ...(form.name.trim() === '' ? { name: texts.details.needed } : {}),
    ...(seatsPerBuyerMax === null ? { seatsPerBuyerMax: texts.details.needed } : {}),
  };
  const { date, saleOpensAt, saleClosesAt, refundableUntil } = times;
  if (Object.keys(faults).length > 0 || date === null || seatsPerBuyerMax === null)
    return { outcome: 'faults', faults };
  const description = form.description.trim();
  return {
    outcome: 'details',
    details: {
      name: form.name.trim(),
      date,
      description: description === '' ? null : description,
      venueName: form.venueName.trim(),
      timeZone: zone,
      currency: form.currency,
      saleOpensAt,
      saleClosesAt,
      refundableUntil,
      seatsPerBuyerMax,
      holdTtlSeconds: wholeNumber(form.holdTtlSeconds),
    },
  };
}

function readTimes(form: EventForm, zone: string) {
  const faults: Record<string, string> = {};
  const moment = (field: 'date' | 'saleOpensAt' | 'saleClosesAt' | 'refundableUntil', isNeeded = false) => {
    if (form[field] === '') {
      if (isNeeded) faults[field] = texts.details.needed;
      return null;
    }
    const iso = isoOf(form[field], zone);
    if (iso === null) faults[field] = texts.details.noSuchTime;
    return iso;
  };
  const date = moment('date', true);
  const saleOpensAt = moment('saleOpensAt');
  const saleClosesAt = moment('saleClosesAt');
  const until = form.refunds === 'until' ? moment('refundableUntil', true) : null;
  const closes = saleClosesAt ?? date;
  if (saleOpensAt !== null && closes !== null && saleOpensAt >= closes)
    faults['saleClosesAt'] = texts.sale.closesFault;
  return {
    faults,
    date,
    saleOpensAt,
    saleClosesAt,
    refundableUntil: form.refunds === 'begin' ? date : until,
  };
}
