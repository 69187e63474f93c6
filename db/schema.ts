import type { Generated, GeneratedAlways, Selectable } from 'kysely';

/** The row types, one interface per table of `db/migrations`; `test/api/platform/schema.test.ts` checks them against a real server. */
export interface Database {
  users: UsersTable;
  sessions: SessionsTable;
  refresh_tokens: RefreshTokensTable;
  events: EventsTable;
  event_tiers: EventTiersTable;
  event_sections: EventSectionsTable;
  seat_plans: SeatPlansTable;
  event_seats: EventSeatsTable;
  holds: HoldsTable;
  hold_claims: HoldClaimsTable;
  bookings: BookingsTable;
  seat_log: SeatLogTable;
  payments: PaymentsTable;
  stripe_events: StripeEventsTable;
  refunds: RefundsTable;
  disputes: DisputesTable;
  idempotency_keys: IdempotencyKeysTable;
}

/** A UUID as its 16 bytes; see `src/platform/id.ts`. */
export type IdBytes = Buffer;

export type Role = 'buyer' | 'organiser' | 'admin';
export type EventStatus = 'draft' | 'published' | 'closed' | 'cancelled';
export type SeatStatus = 'available' | 'locked' | 'booked';
export type HoldStatus = 'queued' | 'held' | 'checkout' | 'booked' | 'rejected' | 'released' | 'expired';
export type BookingStatus = 'confirmed' | 'cancelled' | 'transferred';
export type PaymentStatus = 'pending' | 'paid' | 'refunding' | 'refunded' | 'failed' | 'expired';
export type RefundStatus = 'requested' | 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
export type StripeEventStatus = 'received' | 'done' | 'ignored' | 'dead';

export interface UsersTable {
  user_id: IdBytes;
  user_email: string | null;
  user_password: string | null;
  user_name: string | null;
  role: Generated<Role>;
  is_guest: Generated<number>;
  created_at: Date;
  updated_at: Date;
}

/** One sign-in and the chain of refresh tokens that grew from it. */
export interface SessionsTable {
  session_id: IdBytes;
  user_id: IdBytes;
  created_at: Date;
  revoked_at: Date | null;
  revoked_reason: string | null;
}

export interface RefreshTokensTable {
  /** SHA-256 of the token: the token itself is stored nowhere. */
  token_hash: Buffer;
  session_id: IdBytes;
  issued_at: Date;
  expires_at: Date;
  used_at: Date | null;
}

export interface EventsTable {
  event_id: IdBytes;
  organiser_id: IdBytes;
  event_name: string;
  event_date: Date;
  description: string | null;
  venue_name: Generated<string>;
  /** IANA name of the venue's zone, for display. */
  time_zone: Generated<string>;
  /** ISO 4217, upper case. */
  currency: string;
  status: Generated<EventStatus>;
  sale_opens_at: Date | null;
  sale_closes_at: Date | null;
  /** Buyers may cancel with a full refund until then; null: they may not. */
  refundable_until: Date | null;
  seats_per_buyer_max: Generated<number>;
  /** null: the configured default. */
  hold_ttl_seconds: number | null;
  seat_count: Generated<number>;
  seat_map_version: Generated<number>;
  created_at: Date;
  updated_at: Date;
}

export interface EventTiersTable {
  event_id: IdBytes;
  tier_id: number;
  tier_name: string;
  color: string;
  /** In minor units of the event's currency. */
  price_amount: number;
}

export interface EventSectionsTable {
  event_id: IdBytes;
  section_id: number;
  section_name: string;
  general_admission: Generated<number>;
}

export interface SeatPlansTable {
  event_id: IdBytes;
  /** The seating plan as it was imported or generated: JSON in pretix's format, gzipped (a packet holds 16 MB at most). */
  plan_gzip: Buffer;
  /** The public seat map: JSON, gzipped, ready to be served so. */
  seat_map_gzip: Buffer;
}

export interface EventSeatsTable {
  event_id: IdBytes;
  event_seat_id: number;
  section_id: number;
  tier_id: number;
  /** Number of the row within its section; seats with the same section and row whose positions differ by 1 are neighbours. */
  row_no: Generated<number>;
  /** Place in the row from the left; an aisle takes up a position of its own. */
  row_position: Generated<number>;
  /** 0 is the best seat of the event: near the front and the centre. */
  seat_rank: Generated<number>;
  row_label: Generated<string>;
  seat_label: Generated<string>;
  seat_guid: string;
  status: Generated<SeatStatus>;
  /**
   * 'checkout': the buyer is at Stripe, so an expired lock may not be taken over. 'blocked': the organiser keeps the seat
   * off sale; it belongs to no hold and never runs out.
   */
  lock_kind: 'hold' | 'checkout' | 'blocked' | null;
  locked_user_id: IdBytes | null;
  lock_expire: Date | null;
  /** The hold that locked the seat, and that bought it; null only while the seat is available. */
  hold_id: IdBytes | null;
}

export interface HoldsTable {
  event_id: IdBytes;
  hold_id: IdBytes;
  user_id: IdBytes;
  status: HoldStatus;
  open_slot: GeneratedAlways<number | null>;
  expires_at: Date;
  /** Selecting further seats moves `expires_at`, but never beyond this. */
  extends_until: Date;
  /** What is being paid for, frozen when checkout began: JSON `[{seatId, amount}]`. */
  checkout_lines: string | null;
  end_reason: string | null;
  created_at: Date;
  updated_at: Date;
  /**
   * The seats of the claim that opened the hold and has its id: JSON array of seat ids. NULL when a claim of that id is in
   * `hold_claims`: it was rejected, struck off, or decided before this column was.
   */
  opened_with: Generated<string | null>;
}

/** Claims that opened no hold: they joined an open one, or were decided against. */
export interface HoldClaimsTable {
  event_id: IdBytes;
  claim_id: IdBytes;
  hold_id: IdBytes;
  user_id: IdBytes;
  outcome: 'held' | 'rejected';
  /** The problem code of a rejection. */
  reason: string | null;
  /** JSON array of seat ids. */
  seat_ids: string;
  taken_seat_ids: string | null;
  created_at: Date;
}

export interface BookingsTable {
  event_id: IdBytes;
  booking_id: IdBytes;
  event_seat_id: number;
  user_id: IdBytes;
  hold_id: IdBytes;
  payment_id: IdBytes | null;
  status: BookingStatus;
  active_slot: GeneratedAlways<number | null>;
  amount: number;
  currency: string;
  confirmed_at: Date;
  cancelled_at: Date | null;
  cancel_reason: string | null;
  checked_in_at: Date | null;
}

export interface SeatLogTable {
  event_id: IdBytes;
  event_seat_id: number;
  log_id: IdBytes;
  from_status: SeatStatus;
  to_status: SeatStatus;
  hold_id: IdBytes | null;
  user_id: IdBytes | null;
  reason: string;
  created_at: Date;
}

export interface PaymentsTable {
  payment_id: IdBytes;
  event_id: IdBytes;
  hold_id: IdBytes;
  user_id: IdBytes;
  amount: number;
  currency: string;
  payment_status: PaymentStatus;
  live_slot: GeneratedAlways<number | null>;
  /** Stripe's PaymentIntent. */
  transaction_id: string | null;
  checkout_session_id: string | null;
  checkout_url: string | null;
  session_expires_at: Date | null;
  idempotency_key: string;
  request_json: string;
  captured_amount: Generated<number>;
  refunded_amount: Generated<number>;
  captured_at: Date | null;
  /** When the captured money became bookings or a refund; paid without it is work left to do. */
  fulfilled_at: Date | null;
  /** Why a person should look at it. */
  flag: string | null;
  tries: Generated<number>;
  last_error: string | null;
  checked_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

export interface StripeEventsTable {
  stripe_event_id: string;
  type: string;
  object_id: string | null;
  livemode: number;
  api_version: string | null;
  payload: string;
  status: Generated<StripeEventStatus>;
  tries: Generated<number>;
  last_error: string | null;
  received_at: Date;
  handled_at: Date | null;
}

export interface RefundsTable {
  refund_id: IdBytes;
  payment_id: IdBytes;
  amount: number;
  currency: string;
  reason: string;
  /** The cause of the refund: the unique key on it makes a repeated decision a no-op. */
  dedupe_key: string;
  idempotency_key: string;
  stripe_refund_id: string | null;
  status: RefundStatus;
  tries: Generated<number>;
  next_try_at: Date;
  last_error: string | null;
  created_at: Date;
  updated_at: Date;
}

export interface DisputesTable {
  dispute_id: string;
  payment_id: IdBytes | null;
  status: string;
  amount: number;
  currency: string;
  reason: string | null;
  created_at: Date;
  updated_at: Date;
}

export interface IdempotencyKeysTable {
  actor: string;
  idempotency_key: string;
  request_hash: Buffer;
  response_status: number | null;
  response_headers: string | null;
  response_body: string | null;
  created_at: Date;
}

export type PaymentRow = Selectable<PaymentsTable>;
export type RefundRow = Selectable<RefundsTable>;
export type EventRow = Selectable<EventsTable>;
