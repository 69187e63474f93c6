import { type Kysely, sql } from 'kysely';

/**
 * The first tables. Written as plain SQL in the part of the language that MySQL 8.4/9 and MariaDB 10.11/11 share;
 * character set and collation are named on each table because the servers' defaults differ.
 *
 * - Ids are UUIDv7 in BINARY(16); a seat's id is an integer, 1..N within its event.
 * - `event_id` leads every key of the hot tables (event_seats, holds, hold_claims, bookings, seat_log), so that they
 *   can be sharded by event. The keys by a bare id (`by_hold_id`, ...) are what a sharded store keeps as look-up tables.
 * - Times are DATETIME(3) in UTC; every connection sets `time_zone = '+00:00'`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...ACCOUNTS, ...EVENTS, ...SEATS, ...MONEY, ...PLATFORM]) {
    await sql.raw(statement).execute(db);
  }
}

const TABLE_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci';

const ACCOUNTS = [
  `CREATE TABLE users (
    user_id BINARY(16) NOT NULL PRIMARY KEY,
    user_email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    user_password VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL,
    user_name VARCHAR(120) NULL,
    role ENUM('buyer','organiser','admin') NOT NULL DEFAULT 'buyer',
    is_guest TINYINT NOT NULL DEFAULT 0,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    UNIQUE KEY one_account_per_address (user_email)
  ) ${TABLE_OPTIONS}`,
  `CREATE TABLE sessions (
    session_id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    revoked_at DATETIME(3) NULL,
    revoked_reason VARCHAR(32) NULL,
    KEY by_user (user_id),
    KEY by_revocation (revoked_at)
  ) ${TABLE_OPTIONS}`,
  `CREATE TABLE refresh_tokens (
    token_hash BINARY(32) NOT NULL PRIMARY KEY,
    session_id BINARY(16) NOT NULL,
    issued_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    used_at DATETIME(3) NULL,
    KEY by_session (session_id),
    KEY by_expiry (expires_at)
  ) ${TABLE_OPTIONS}`,
];

const EVENTS = [
  `CREATE TABLE events (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    organiser_id BINARY(16) NOT NULL,
    event_name VARCHAR(200) NOT NULL,
    event_date DATETIME(3) NOT NULL,
    description TEXT NULL,
    venue_name VARCHAR(200) NOT NULL DEFAULT '',
    time_zone VARCHAR(64) CHARACTER SET ascii NOT NULL DEFAULT 'UTC',
    currency CHAR(3) CHARACTER SET ascii NOT NULL,
    status ENUM('draft','published','closed','cancelled') NOT NULL DEFAULT 'draft',
    sale_opens_at DATETIME(3) NULL,
    sale_closes_at DATETIME(3) NULL,
    refundable_until DATETIME(3) NULL,
    seats_per_buyer_max SMALLINT UNSIGNED NOT NULL DEFAULT 10,
    hold_ttl_seconds SMALLINT UNSIGNED NULL,
    seat_count INT UNSIGNED NOT NULL DEFAULT 0,
    seat_map_version INT UNSIGNED NOT NULL DEFAULT 1,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    KEY on_sale (status, event_date),
    KEY by_organiser (organiser_id, created_at)
  ) ${TABLE_OPTIONS}`,
  `CREATE TABLE event_tiers (
    event_id BINARY(16) NOT NULL,
    tier_id SMALLINT UNSIGNED NOT NULL,
    tier_name VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    color VARCHAR(32) NOT NULL,
    price_amount INT UNSIGNED NOT NULL,
    PRIMARY KEY (event_id, tier_id),
    UNIQUE KEY one_tier_per_name (event_id, tier_name)
  ) ${TABLE_OPTIONS}`,
  `CREATE TABLE event_sections (
    event_id BINARY(16) NOT NULL,
    section_id SMALLINT UNSIGNED NOT NULL,
    section_name VARCHAR(190) NOT NULL,
    general_admission TINYINT NOT NULL DEFAULT 0,
    PRIMARY KEY (event_id, section_id)
  ) ${TABLE_OPTIONS}`,
  `CREATE TABLE seat_plans (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    plan_gzip LONGBLOB NOT NULL,
    seat_map_gzip LONGBLOB NOT NULL
  ) ${TABLE_OPTIONS}`,
];

const SEATS = [
  // One row per seat: that a seat has one state, and so one owner, is the primary key's doing.
  // `lock_kind` = 'checkout' bars taking over an expired lock: only Stripe's word frees such a seat.
  `CREATE TABLE event_seats (
    event_id BINARY(16) NOT NULL,
    event_seat_id INT UNSIGNED NOT NULL,
    section_id SMALLINT UNSIGNED NOT NULL,
    tier_id SMALLINT UNSIGNED NOT NULL,
    row_no SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    row_position SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    seat_rank INT UNSIGNED NOT NULL DEFAULT 0,
    row_label VARCHAR(190) NOT NULL DEFAULT '',
    seat_label VARCHAR(190) NOT NULL DEFAULT '',
    seat_guid VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    status ENUM('available','locked','booked') NOT NULL DEFAULT 'available',
    lock_kind ENUM('hold','checkout') NULL,
    locked_user_id BINARY(16) NULL,
    lock_expire DATETIME(3) NULL,
    hold_id BINARY(16) NULL,
    PRIMARY KEY (event_id, event_seat_id),
    KEY by_hold (event_id, hold_id, status),
    CONSTRAINT an_owner_unless_available CHECK ((status = 'available') = (hold_id IS NULL)),
    CONSTRAINT an_expiry_while_locked CHECK ((status = 'locked') = (lock_expire IS NOT NULL))
  ) ${TABLE_OPTIONS}`,
  // `open_slot` is 1 while the hold is open and NULL after: the unique key then allows one open hold per buyer and event.
  `CREATE TABLE holds (
    event_id BINARY(16) NOT NULL,
    hold_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    status ENUM('queued','held','checkout','booked','rejected','released','expired') NOT NULL,
    open_slot TINYINT GENERATED ALWAYS AS (CASE WHEN status IN ('queued','held','checkout') THEN 1 ELSE NULL END) STORED,
    expires_at DATETIME(3) NOT NULL,
    extends_until DATETIME(3) NOT NULL,
    checkout_lines LONGTEXT NULL,
    end_reason VARCHAR(32) NULL,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    PRIMARY KEY (event_id, hold_id),
    UNIQUE KEY one_open_hold_per_buyer (event_id, user_id, open_slot),
    KEY due (event_id, status, expires_at),
    KEY by_hold_id (hold_id)
  ) ${TABLE_OPTIONS}`,
  // One row per call of "hold these seats", whatever became of it: a job that runs twice, or wakes up late, finds its
  // claim here and changes nothing; a loser who was answered 202 finds out here which seats were taken.
  `CREATE TABLE hold_claims (
    event_id BINARY(16) NOT NULL,
    claim_id BINARY(16) NOT NULL,
    hold_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    outcome ENUM('held','rejected') NOT NULL,
    reason VARCHAR(32) NULL,
    seat_ids TEXT NOT NULL,
    taken_seat_ids TEXT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (event_id, claim_id),
    KEY by_hold_id (hold_id)
  ) ${TABLE_OPTIONS}`,
  // I1: `active_slot` is 1 while the booking holds its seat and NULL once cancelled or transferred, so the unique key
  // lets a seat be sold again after a cancellation, and never twice at a time.
  `CREATE TABLE bookings (
    event_id BINARY(16) NOT NULL,
    booking_id BINARY(16) NOT NULL,
    event_seat_id INT UNSIGNED NOT NULL,
    user_id BINARY(16) NOT NULL,
    hold_id BINARY(16) NOT NULL,
    payment_id BINARY(16) NULL,
    status ENUM('confirmed','cancelled','transferred') NOT NULL,
    active_slot TINYINT GENERATED ALWAYS AS (CASE WHEN status = 'confirmed' THEN 1 ELSE NULL END) STORED,
    amount INT UNSIGNED NOT NULL,
    currency CHAR(3) CHARACTER SET ascii NOT NULL,
    confirmed_at DATETIME(3) NOT NULL,
    cancelled_at DATETIME(3) NULL,
    cancel_reason VARCHAR(32) NULL,
    checked_in_at DATETIME(3) NULL,
    PRIMARY KEY (event_id, booking_id),
    UNIQUE KEY a_seat_is_sold_once (event_id, event_seat_id, active_slot),
    KEY by_buyer_in_event (event_id, user_id),
    KEY by_booking_id (booking_id),
    KEY by_buyer (user_id, confirmed_at),
    KEY by_payment (payment_id)
  ) ${TABLE_OPTIONS}`,
  `CREATE TABLE seat_log (
    event_id BINARY(16) NOT NULL,
    event_seat_id INT UNSIGNED NOT NULL,
    log_id BINARY(16) NOT NULL,
    from_status ENUM('available','locked','booked') NOT NULL,
    to_status ENUM('available','locked','booked') NOT NULL,
    hold_id BINARY(16) NULL,
    user_id BINARY(16) NULL,
    reason VARCHAR(32) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (event_id, event_seat_id, log_id)
  ) ${TABLE_OPTIONS}`,
];

const MONEY = [
  // `live_slot`: at most one payment of a hold can be waiting for the buyer's money.
  // `request_json` is the frozen request to Stripe: a retry repeats it to the letter under the same idempotency key.
  `CREATE TABLE payments (
    payment_id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    hold_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    amount INT UNSIGNED NOT NULL,
    currency CHAR(3) CHARACTER SET ascii NOT NULL,
    payment_status ENUM('pending','paid','refunding','refunded','failed','expired') NOT NULL,
    live_slot TINYINT GENERATED ALWAYS AS (CASE WHEN payment_status = 'pending' THEN 1 ELSE NULL END) STORED,
    transaction_id VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NULL,
    checkout_session_id VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NULL,
    checkout_url TEXT NULL,
    session_expires_at DATETIME(3) NULL,
    idempotency_key VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    request_json LONGTEXT NOT NULL,
    captured_amount INT UNSIGNED NOT NULL DEFAULT 0,
    refunded_amount INT UNSIGNED NOT NULL DEFAULT 0,
    captured_at DATETIME(3) NULL,
    fulfilled_at DATETIME(3) NULL,
    flag VARCHAR(64) NULL,
    tries SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    last_error VARCHAR(500) NULL,
    checked_at DATETIME(3) NULL,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    UNIQUE KEY one_live_payment_per_hold (event_id, hold_id, live_slot),
    UNIQUE KEY one_payment_per_transaction (transaction_id),
    UNIQUE KEY one_payment_per_session (checkout_session_id),
    UNIQUE KEY one_use_per_idempotency_key (idempotency_key),
    KEY by_status (payment_status, fulfilled_at, updated_at)
  ) ${TABLE_OPTIONS}`,
  // The inbox: Stripe's event id as primary key makes a repeated delivery a no-op. The payload keeps Stripe's bytes.
  `CREATE TABLE stripe_events (
    stripe_event_id VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    type VARCHAR(100) CHARACTER SET ascii NOT NULL,
    object_id VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NULL,
    livemode TINYINT NOT NULL,
    api_version VARCHAR(40) CHARACTER SET ascii NULL,
    payload LONGTEXT NOT NULL,
    status ENUM('received','done','ignored','dead') NOT NULL DEFAULT 'received',
    tries SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    last_error VARCHAR(500) NULL,
    received_at DATETIME(3) NOT NULL,
    handled_at DATETIME(3) NULL,
    KEY to_do (status, received_at),
    KEY by_object (object_id, type)
  ) ${TABLE_OPTIONS}`,
  // The outbox of refunds: written in the transaction that decides on the refund, sent afterwards.
  `CREATE TABLE refunds (
    refund_id BINARY(16) NOT NULL PRIMARY KEY,
    payment_id BINARY(16) NOT NULL,
    amount INT UNSIGNED NOT NULL,
    currency CHAR(3) CHARACTER SET ascii NOT NULL,
    reason VARCHAR(32) NOT NULL,
    dedupe_key VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    idempotency_key VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    stripe_refund_id VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NULL,
    status ENUM('requested','pending','requires_action','succeeded','failed','canceled') NOT NULL,
    tries SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    next_try_at DATETIME(3) NOT NULL,
    last_error VARCHAR(500) NULL,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    UNIQUE KEY one_refund_per_cause (dedupe_key),
    UNIQUE KEY one_use_per_idempotency_key (idempotency_key),
    UNIQUE KEY one_row_per_stripe_refund (stripe_refund_id),
    KEY by_payment (payment_id),
    KEY to_send (status, next_try_at)
  ) ${TABLE_OPTIONS}`,
  `CREATE TABLE disputes (
    dispute_id VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    payment_id BINARY(16) NULL,
    status VARCHAR(40) CHARACTER SET ascii NOT NULL,
    amount INT UNSIGNED NOT NULL,
    currency CHAR(3) CHARACTER SET ascii NOT NULL,
    reason VARCHAR(64) NULL,
    created_at DATETIME(3) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    KEY by_payment (payment_id)
  ) ${TABLE_OPTIONS}`,
];

const PLATFORM = [
  `CREATE TABLE idempotency_keys (
    actor VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    idempotency_key VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    request_hash BINARY(32) NOT NULL,
    response_status SMALLINT UNSIGNED NULL,
    response_headers TEXT NULL,
    response_body LONGTEXT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (actor, idempotency_key),
    KEY by_age (created_at)
  ) ${TABLE_OPTIONS}`,
];

export async function down(): Promise<void> {
  throw new Error('The first tables are not taken back: drop the database instead.');
}
