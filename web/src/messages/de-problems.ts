import type { problemsEn } from './en-problems.ts';

/** What to say of each refusal of the API, by its code, in German. */
export const problemsDe: typeof problemsEn = {
  seats_taken: 'Diese Plätze hat jetzt jemand anderes.',
  hold_in_checkout:
    'Sie bezahlen Ihre Plätze gerade. Gehen Sie zurück zur Auswahl, um daran etwas zu ändern.',
  hold_not_open: 'Ihre Zeit für diese Plätze ist abgelaufen.',
  hold_not_found: 'Ihre Zeit für diese Plätze ist abgelaufen.',
  too_many_seats: 'So viele Plätze darf eine Person bei dieser Veranstaltung nicht haben.',
  not_enough_seats: 'So viele Plätze sind in dieser Preiskategorie nicht mehr frei.',
  sale_not_open: 'Der Verkauf hat noch nicht begonnen.',
  sale_closed: 'Der Verkauf für diese Veranstaltung ist beendet.',
  event_not_found: 'Diese Veranstaltung gibt es nicht.',
  unknown_seats: 'Der Sitzplan hat sich geändert: Laden Sie die Seite neu.',
  unknown_tier: 'Die Preise haben sich geändert: Laden Sie die Seite neu.',
  hold_not_ready: 'Ihre Plätze werden noch eingetragen: Versuchen Sie es gleich noch einmal.',
  payment_processing: 'Ihre Zahlung ist unterwegs: Warten Sie einen Moment.',
  event_cancelled: 'Diese Veranstaltung wurde abgesagt.',
  checkout_refused:
    'Die Zahlung konnte nicht begonnen werden. Versuchen Sie es noch einmal, oder wählen Sie andere Plätze.',
  checkout_busy:
    'Im Moment bezahlen zu viele Menschen. Ihre Plätze bleiben für Sie reserviert: Versuchen Sie es gleich noch einmal.',
  stripe_unreachable:
    'Der Zahlungsdienst antwortet nicht. Ihre Plätze bleiben für Sie reserviert: Versuchen Sie es gleich noch einmal.',
  payment_not_found: 'Diese Zahlung gibt es nicht.',
  booking_not_found: 'Diese Buchung gibt es nicht.',
  already_paid: 'Diese Plätze sind schon bezahlt.',
  not_refundable: 'Diese Buchung kann nicht mehr storniert werden.',
  not_found: 'Das gibt es hier nicht oder nicht mehr.',
  invalid_request: 'Etwas daran stimmt nicht: Prüfen Sie Ihre Eingaben.',
  not_acceptable_now: 'Das geht im Moment nicht.',
  idempotency_key_in_use: 'Das geschieht bereits: Warten Sie einen Moment.',
  idempotency_key_reused:
    'Inzwischen hat sich etwas geändert: Laden Sie die Seite neu, und versuchen Sie es noch einmal.',
  request_timeout: 'Ihre Verbindung war zu langsam. Versuchen Sie es noch einmal.',
  queue_full:
    'Im Moment wählen so viele Menschen Plätze, dass es zu lange dauern würde: Versuchen Sie es gleich noch einmal.',
  server_busy: 'Im Moment ist sehr viel los. Versuchen Sie es gleich noch einmal.',
  refresh_in_progress:
    'Ein anderer Tab meldet sich gerade an: Warten Sie einen Moment, und versuchen Sie es noch einmal.',
  refresh_token_invalid: 'Ihre Sitzung ist abgelaufen: Melden Sie sich neu an.',
  refresh_token_reused: 'Ihre Sitzung ist abgelaufen: Melden Sie sich neu an.',
  rate_limited: 'Das war viel auf einmal: Warten Sie einen Moment, und versuchen Sie es noch einmal.',
  unauthenticated: 'Ihre Sitzung ist abgelaufen: Melden Sie sich neu an.',
  forbidden: 'Mit diesem Konto dürfen Sie das nicht.',
  sign_in_failed: 'Die Adresse oder das Passwort ist falsch.',
  origin_refused: 'Öffnen Sie diese Website unter ihrer eigenen Adresse, um sich anzumelden.',
  unavailable: 'Im Moment ist sehr viel los. Versuchen Sie es gleich noch einmal.',
  unreachable: 'Der Server ist nicht zu erreichen. Prüfen Sie Ihre Verbindung; wir versuchen es weiter.',
  unexpected: 'Bei uns ist etwas schiefgegangen. Versuchen Sie es gleich noch einmal.',
};
