/**
 * Stripe's test cards (docs.stripe.com/testing) that matter here, with what each does, and the names by
 * which the API knows them (`pm_card_visa`, `tok_visa`).
 */
export interface TestCard {
  readonly number: string;
  readonly names: readonly string[];
  readonly brand: 'visa' | 'mastercard' | 'amex';
  readonly country: string;
  readonly behaviour: Behaviour;
}
type Behaviour =
  | { readonly does: 'succeed' }
  | {
      readonly does: 'decline';
      readonly code: string;
      readonly declineCode: string | null;
      readonly message: string;
    }
  | { readonly does: 'authenticate' }
  | { readonly does: 'dispute'; readonly inquiry: boolean }
  | { readonly does: 'refund-fails-later' }
  | { readonly does: 'refund-pending-first' };

const cards: readonly TestCard[] = [
  card('4242424242424242', ['visa', 'us', 'bypassPending'], { does: 'succeed' }),
  card('4000056655665556', ['visa_debit'], { does: 'succeed' }),
  card('5555555555554444', ['mastercard'], { does: 'succeed' }, 'mastercard'),
  card('378282246310005', ['amex'], { does: 'succeed' }, 'amex'),
  card('4000002760000016', ['de'], { does: 'succeed' }, 'visa', 'DE'),
  card(
    '4000000000000002',
    ['chargeDeclined', 'visa_chargeDeclined'],
    decline('card_declined', 'generic_decline', 'Your card was declined.'),
  ),
  card(
    '4000000000009995',
    ['chargeDeclinedInsufficientFunds', 'visa_chargeDeclinedInsufficientFunds'],
    decline('card_declined', 'insufficient_funds', 'Your card has insufficient funds.'),
  ),
  card(
    '4000000000000069',
    ['chargeDeclinedExpiredCard', 'visa_chargeDeclinedExpiredCard'],
    decline('expired_card', null, 'Your card has expired.'),
  ),
  card(
    '4000000000000127',
    ['chargeDeclinedIncorrectCvc', 'visa_chargeDeclinedIncorrectCvc'],
    decline('incorrect_cvc', null, "Your card's security code is incorrect."),
  ),
  card(
    '4000000000000119',
    ['chargeDeclinedProcessingError', 'visa_chargeDeclinedProcessingError'],
    decline(
      'processing_error',
      null,
      'An error occurred while processing your card. Try again in a little bit.',
    ),
  ),
  card('4000002500003155', ['authenticationRequiredOnSetup', 'authenticationRequired'], {
    does: 'authenticate',
  }),
  card('4000000000003220', ['threeDSecure2Required'], { does: 'authenticate' }),
  card('4000000000000259', ['createDispute'], { does: 'dispute', inquiry: false }),
  card('4000000000001976', ['createDisputeInquiry'], { does: 'dispute', inquiry: true }),
  card('4000000000005126', ['refundFail'], { does: 'refund-fails-later' }),
  card('4000000000007726', ['pendingRefund'], { does: 'refund-pending-first' }),
];

const byNumber = new Map(cards.map((entry) => [entry.number, entry]));
const byName = new Map<string, TestCard>();
for (const entry of cards) {
  for (const name of entry.names) byName.set(`pm_card_${name}`, entry).set(`tok_${name}`, entry);
}

/** By number, spaces and dashes ignored. */
export function findCardByNumber(number: string): TestCard | undefined {
  return byNumber.get(number.replace(/[\s-]/g, ''));
}

/** By `pm_card_...` or `tok_...`. */
export function findCardByName(name: string): TestCard | undefined {
  return byName.get(name);
}

/** The card that a record names; records name only cards of this table. */
export function cardOf(record: { readonly card: string }): TestCard {
  const found = byNumber.get(record.card);
  if (found === undefined) throw new Error(`a record names the unknown test card ${record.card}`);
  return found;
}

/** The check digit that every card number ends with (Luhn). */
export function hasValidCheckDigit(number: string): boolean {
  const digits = number.replace(/[\s-]/g, '');
  if (!/^\d{12,19}$/.test(digits)) return false;
  let sum = 0;
  for (const [index, digit] of digits.split('').toReversed().entries()) {
    const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function card(
  number: string,
  names: readonly string[],
  behaviour: Behaviour,
  brand: TestCard['brand'] = 'visa',
  country = 'US',
): TestCard {
  return { number, names, behaviour, brand, country };
}

function decline(code: string, declineCode: string | null, message: string): Behaviour {
  return { does: 'decline', code, declineCode, message };
}
