/**
 * What the stand-in remembers: one compact, never-changed-in-place record for each Stripe object; the
 * full objects are made from them on the way out (`shapes/`). A change replaces the record, so an event
 * can hold the very record that was true when it happened.
 */
export interface Tables {
  session: SessionRecord;
  intent: IntentRecord;
  charge: ChargeRecord;
  method: MethodRecord;
  refund: RefundRecord;
  dispute: DisputeRecord;
  product: ProductRecord;
  price: PriceRecord;
  customer: CustomerRecord;
  event: EventRecord;
  endpoint: EndpointRecord;
  /** Answers kept under idempotency keys; the id is the key. */
  answer: AnswerRecord;
  /** Things due at a later time: a refund that fails, a dispute that opens. */
  task: TaskRecord;
}
export type Kind = keyof Tables;
/** The kinds that Stripe shows as objects. */
export type ObjectKind = Exclude<Kind, 'answer' | 'task'>;
type Metadata = Readonly<Record<string, string>>;

/** Times are in seconds since 1970, as in Stripe's API; amounts in minor units. */
interface Row {
  readonly id: string;
  readonly created: number;
}

export interface SessionRecord extends Row {
  readonly status: 'open' | 'complete' | 'expired';
  readonly paymentStatus: 'unpaid' | 'paid' | 'no_payment_required';
  readonly expiresAt: number;
  readonly currency: string;
  readonly amountTotal: number;
  readonly lineItems: readonly LineItemRecord[];
  readonly intentId: string | null;
  readonly buyer: BillingRecord | null;
  readonly successUrl: string;
  readonly cancelUrl: string | null;
  readonly reference: string | null;
  readonly customerId: string | null;
  readonly customerEmail: string | null;
  readonly locale: string | null;
  readonly submitType: string | null;
  readonly allowedMethods: readonly string[] | null;
  readonly metadata: Metadata;
  readonly intentData: IntentDataRecord;
}

interface IntentDataRecord {
  readonly description: string | null;
  readonly receiptEmail: string | null;
  readonly metadata: Metadata;
}

export interface LineItemRecord {
  readonly id: string;
  readonly name: string;
  readonly quantity: number;
  readonly price: PriceRecord;
  readonly metadata: Metadata;
}

export interface BillingRecord {
  readonly email: string | null;
  readonly name: string | null;
  readonly country: string | null;
  readonly postalCode: string | null;
}

type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'succeeded'
  | 'canceled';

export interface IntentRecord extends Row {
  readonly amount: number;
  readonly currency: string;
  readonly status: IntentStatus;
  readonly sessionId: string | null;
  readonly chargeIds: readonly string[];
  readonly methodId: string | null;
  readonly customerId: string | null;
  readonly description: string | null;
  readonly receiptEmail: string | null;
  readonly metadata: Metadata;
  readonly failure: FailureRecord | null;
  readonly canceledAt: number | null;
  readonly cancellationReason:
    | 'automatic'
    | 'requested_by_customer'
    | 'duplicate'
    | 'fraudulent'
    | 'abandoned'
    | null;
}

export interface FailureRecord {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
  readonly chargeId: string;
}

export interface ChargeRecord extends Row {
  readonly amount: number;
  readonly currency: string;
  readonly status: 'succeeded' | 'failed';
  readonly intentId: string;
  readonly methodId: string;
  readonly card: string;
  readonly amountRefunded: number;
  readonly refundIds: readonly string[];
  readonly disputeId: string | null;
  readonly failure: FailureRecord | null;
  readonly billing: BillingRecord;
  readonly customerId: string | null;
  readonly description: string | null;
  readonly receiptEmail: string | null;
  readonly metadata: Metadata;
}

export interface MethodRecord extends Row {
  /** The number of the test card, which says how it behaves. */
  readonly card: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly billing: BillingRecord;
  readonly metadata: Metadata;
}

export interface RefundRecord extends Row {
  readonly amount: number;
  readonly currency: string;
  readonly chargeId: string;
  readonly intentId: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly reason: string | null;
  readonly failureReason: string | null;
  readonly metadata: Metadata;
}

export interface DisputeRecord extends Row {
  readonly amount: number;
  readonly currency: string;
  readonly chargeId: string;
  readonly intentId: string;
  readonly cardBrand: string;
  readonly status: 'needs_response' | 'warning_needs_response' | 'won' | 'lost' | 'warning_closed';
  readonly evidenceText: string | null;
  readonly metadata: Metadata;
}

export interface ProductRecord extends Row {
  readonly name: string;
  readonly description: string | null;
  readonly active: boolean;
  readonly metadata: Metadata;
}

export interface PriceRecord extends Row {
  readonly productId: string;
  readonly currency: string;
  readonly unitAmount: number;
  readonly active: boolean;
  readonly nickname: string | null;
  readonly lookupKey: string | null;
  readonly metadata: Metadata;
}

export interface CustomerRecord extends Row {
  readonly email: string | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly metadata: Metadata;
}

export interface EventRecord extends Row {
  readonly type: string;
  readonly subject: Subject;
  readonly previous: Readonly<Record<string, unknown>> | null;
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
  /** Endpoints that have not answered 2xx yet. */
  readonly pending: readonly string[];
  /** Of those, the ones that a test made it lose: not tried again unless resent. */
  readonly dropped: readonly string[];
}

/** The object of an event as it was then. */
export type Subject<K extends ObjectKind = ObjectKind> = {
  readonly [P in K]: { readonly kind: P; readonly record: Tables[P] };
}[K];

export interface EndpointRecord extends Row {
  readonly url: string;
  readonly secret: string;
  readonly enabledEvents: readonly string[];
  readonly apiVersion: string | null;
  readonly description: string | null;
  readonly disabled: boolean;
  readonly metadata: Metadata;
}

export interface AnswerRecord extends Row {
  readonly requestHash: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: string;
}

export interface TaskRecord extends Row {
  readonly action: 'settle-refund' | 'open-dispute';
  readonly subjectId: string;
  readonly dueAt: number;
}
