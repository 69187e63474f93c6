import { expect, test } from 'vitest';
import { ACCOUNT_PROBLEMS } from '../../src/accounts/problems.ts';
import { BOOKING_PROBLEMS } from '../../src/bookings/problems.ts';
import { CHECKOUT_PROBLEMS } from '../../src/checkout/problems.ts';
import { EVENT_PROBLEMS } from '../../src/events/problems.ts';
import { HOLD_PROBLEMS } from '../../src/holds/problems.ts';
import { PROBLEMS } from '../../src/platform/problem.ts';
import { SALES_PROBLEMS } from '../../src/sales/problems.ts';
import { ApiProblem, Unreachable } from '../../web/src/api/problem.ts';
import { de } from '../../web/src/messages/de.ts';
import { en } from '../../web/src/messages/en.ts';
import { languageFor } from '../../web/src/messages/language.ts';
import { loadMessages } from '../../web/src/messages/messages.ts';
import { plainWords } from '../../web/src/messages/plain-words.ts';
import { faultWords } from '../../web/src/organiser/parts/fault-words.ts';
import { de as organiserDe } from '../../web/src/organiser/texts/de.ts';
import { en as organiserEn } from '../../web/src/organiser/texts/en.ts';
import { loadTexts } from '../../web/src/organiser/texts/texts.ts';
import { count, dateAtVenue, dayAtVenue, decimal, money, percent } from '../../web/src/platform/format.ts';

type Text = string | ((...given: unknown[]) => unknown);

const ENGLISH = { buyer: en, organiser: organiserEn };
const GERMAN = { buyer: de, organiser: organiserDe };

/** The texts that are the same in both languages, and why. */
const SAME: Readonly<Record<string, string>> = {
  'buyer.site.name': 'the name of the product',
  'buyer.seat.full': 'what is given, one after the other',
  'buyer.best.any': 'what is given, one after the other',
  'buyer.places.title': 'what is given',
  'buyer.news.notFree': 'what is given, one after the other',
  'buyer.quantity': 'a number',
  'buyer.time.minutesSeconds': 'a clock',
  'organiser.seats.presets.arena': 'the same word',
  'organiser.generator.letters': 'letters',
  'organiser.generator.numbers': 'numbers',
  'organiser.now.live': 'the same word',
  'organiser.story.title': 'what is given',
};

/** Problems that a page is never told: of requests that the pages don't make, or that are told by their status alone. */
const NEVER_TOLD = new Set([
  'method_not_allowed',
  'unsupported_media_type',
  'headers_too_large',
  'role_not_changeable',
  'internal',
]);
const ORGANISERS_ONLY = new Set(['body_too_large', ...Object.keys(SALES_PROBLEMS)]);

function textsOf(tree: object, path = ''): [path: string, text: Text][] {
  return Object.entries(tree).flatMap(([name, value]: [string, object | Text]) =>
    typeof value === 'object' ? textsOf(value, `${path}${name}.`) : [[`${path}${name}`, value] as const],
  ) as [string, Text][];
}

/** As it reads with this number, or these words, in every place. */
function read(text: Text, given: unknown): unknown {
  return typeof text === 'string' ? text : text(...Array.from({ length: text.length }, () => given));
}

test('texts / in both languages / the same names, the same things to fill in', () => {
  const shapeOf = (tree: object) =>
    textsOf(tree).map(([path, text]) => `${path} ${typeof text === 'string' ? 'text' : text.length}`);
  expect(shapeOf(GERMAN)).toEqual(shapeOf(ENGLISH));
});

test.each([
  ['English', ENGLISH],
  ['German', GERMAN],
])('texts / %s / none is empty, none shows a mark that was to be filled in', (_name, tree) => {
  const faults = textsOf(tree).flatMap(([path, text]) =>
    [0, 1, 2, 1234]
      .map((given) => String(read(text, given)))
      .filter((said) => said.trim() === '' || /[#{}]|undefined|NaN|\bnull\b/.test(said))
      .map((said) => `${path}: "${said}"`),
  );
  expect(faults).toEqual([]);
});

test('texts / German / none is left in English', () => {
  const english = new Map(textsOf(ENGLISH));
  const same = textsOf(GERMAN)
    .filter(([path, text]) => read(text, 2) === read(english.get(path) ?? '', 2))
    .map(([path]) => path)
    .filter((path) => path !== 'buyer.locale');
  expect(same.toSorted()).toEqual(Object.keys(SAME).toSorted());
});

test('texts / counted / by the rules and with the figures of the language', () => {
  expect([0, 1, 2, 20_000].map((number) => en.cart.seats(number))).toEqual([
    '0 seats',
    '1 seat',
    '2 seats',
    '20,000 seats',
  ]);
  expect([0, 1, 2, 20_000].map((number) => de.cart.seats(number))).toEqual([
    '0 Plätze',
    '1 Platz',
    '2 Plätze',
    '20.000 Plätze',
  ]);
});

test('problems / every code that the server has / has words of ours', () => {
  const codes = [
    PROBLEMS,
    ACCOUNT_PROBLEMS,
    BOOKING_PROBLEMS,
    CHECKOUT_PROBLEMS,
    EVENT_PROBLEMS,
    HOLD_PROBLEMS,
    SALES_PROBLEMS,
  ]
    .flatMap((catalogue) => Object.keys(catalogue))
    .filter((code) => !NEVER_TOLD.has(code));
  const ofEvents = new Set(Object.keys(EVENT_PROBLEMS));
  const missing = codes.filter((code) =>
    ORGANISERS_ONLY.has(code) || ofEvents.has(code)
      ? !(code in organiserEn.problems)
      : !(code in en.problems),
  );
  expect(missing).toEqual([]);
});

test('languageFor / what a browser wants / the first that we have, else English', () => {
  expect(languageFor(['fr-FR', 'de-AT', 'en-GB'])).toBe('de');
  expect(languageFor(['EN-us', 'de'])).toBe('en');
  expect(languageFor(['fr', 'pt-BR'])).toBe('en');
  expect(languageFor(['constructor', '', 'DE'])).toBe('de');
  expect(languageFor([])).toBe('en');
});

test('German / amounts, numbers, dates, problems / as they are written there', async () => {
  await Promise.all([loadMessages('de'), loadTexts('de')]);
  const spaced = (text: string) => text.replaceAll('\u00A0', ' ');
  expect(spaced(money(4500, 'EUR'))).toBe('45,00 €');
  expect(spaced(money(4500, 'JPY'))).toBe('4.500 ¥');
  expect(count(20_000)).toBe('20.000');
  expect(spaced(percent(999, 1000))).toBe('99 %');
  expect(decimal(1234.5, 2)).toBe('1234,50');
  expect(dateAtVenue('2026-05-01T18:00:00Z', 'Europe/Berlin')).toMatch(/^Fr\., 1\. Mai 2026 um 20:00 MESZ$/);
  expect(dayAtVenue('2026-05-01T18:00:00Z', 'Europe/Berlin')).toEqual({ day: '1', month: 'Mai' });
  expect(faultWords('Too big: expected number to be <=1000')).toBe('Höchstens 1.000.');
  expect(faultWords('Too small: expected string to have >=1 characters')).toBe('Bitte ausfüllen.');
  expect(faultWords('Invalid input: expected number, received null')).toBe('Bitte eine ganze Zahl.');
  expect(faultWords('must not cross another part')).toBe('must not cross another part');
  expect(plainWords(new Unreachable('no network'))).toBe(de.problems.unreachable);
  expect(plainWords(problem(409, 'seats_taken'))).toBe(de.problems.seats_taken);
  expect(plainWords(problem(409, 'constructor'))).toBe('Told by the server.');
  expect(plainWords(problem(500, 'internal'))).toBe(de.problems.unexpected);
});

function problem(status: number, code: string): ApiProblem {
  const members = { code, title: null, detail: 'Told by the server.', seatIds: null, paymentId: null };
  return new ApiProblem(status, { ...members, errors: null }, null);
}
