/** Who asks: `owner` is the buyer whose hold, payment or booking it is; `organiser` the one whose event it is. */
export const ACTORS = [
  'nobody',
  'guest',
  'otherBuyer',
  'owner',
  'otherOrganiser',
  'organiser',
  'admin',
] as const;
export type Actor = (typeof ACTORS)[number];

/** The status for each of them; several where the present state decides between them. */
export type Rule = Readonly<Record<Actor, readonly number[]>>;

export type Row = {
  readonly rule: Rule;
  /** What the request is about, made by `scene.ts` for each call that may change it. */
  readonly about:
    | 'nothing'
    | 'event'
    | 'draft'
    | 'hold'
    | 'checkout'
    | 'booking'
    | 'account'
    | 'credentials'
    | 'refreshToken'
    | 'newAccount';
  readonly body?: unknown;
  readonly query?: string;
};

function rule(statuses: Readonly<Record<Actor, number | readonly number[]>>): Rule {
  const all = Object.entries(statuses).map(([actor, status]) => [
    actor,
    typeof status === 'number' ? [status] : status,
  ]);
  return Object.fromEntries(all);
}

const everyone = (status: number) =>
  rule({
    nobody: status,
    guest: status,
    otherBuyer: status,
    owner: status,
    otherOrganiser: status,
    organiser: status,
    admin: status,
  });
const signedIn = (status: number) => ({ ...everyone(status), nobody: [401] });
/** What is someone else's does not exist: not for organisers or administrators either. */
const ownerOnly = (status: number) => ({ ...signedIn(404), owner: [status] });
const notForBuyers = { nobody: [401], guest: [403], otherBuyer: [403], owner: [403] };
const anyOrganiser = (status: number) => ({ ...everyone(status), ...notForBuyers });
const organiserOfIt = (status: number) => ({ ...anyOrganiser(status), otherOrganiser: [404] });
const adminOnly = (status: number) => ({
  ...everyone(403),
  ...notForBuyers,
  admin: [status],
});

const NEW_EVENT = {
  name: 'A matinee',
  date: '2099-06-01T18:00:00Z',
  currency: 'EUR',
  prices: { Stalls: 2500 },
  generator: {
    name: 'A room',
    categories: [{ name: 'Stalls' }],
    parts: [{ kind: 'rows', name: 'Stalls', category: 'Stalls', rows: 1, seatsPerRow: 3 }],
  },
};
const { prices, generator } = NEW_EVENT;

/** Every operation of the API has a row; the test fails for one that has none. */
export const TABLE: Readonly<Record<string, Row>> = {
  // Open to all
  checkLiveness: { rule: everyone(200), about: 'nothing' },
  checkReadiness: { rule: everyone(200), about: 'nothing' },
  readMetrics: { rule: everyone(200), about: 'nothing' },
  listEvents: { rule: everyone(200), about: 'event' },
  getEvent: { rule: everyone(200), about: 'event' },
  getSeatMap: { rule: everyone(200), about: 'event' },
  listSeats: { rule: everyone(200), about: 'event' },
  streamSeatChanges: { rule: everyone(200), about: 'event' },
  register: { rule: everyone(201), about: 'newAccount' },
  login: { rule: everyone(200), about: 'credentials' },
  startGuest: { rule: everyone(201), about: 'nothing', body: {} },
  refresh: { rule: everyone(200), about: 'refreshToken' },
  logout: { rule: everyone(204), about: 'refreshToken' },
  // Stripe proves itself by its signature: no token takes its place.
  receiveStripeEvent: {
    rule: everyone(400),
    about: 'nothing',
    body: { id: 'evt_1', type: 'checkout.session.completed' },
  },

  // Whoever is signed in, with what is theirs
  me: { rule: signedIn(200), about: 'account' },
  holdSeats: { rule: signedIn(201), about: 'event' },
  findMyHold: { rule: { ...signedIn(204), owner: [200] }, about: 'hold' },
  listBookings: { rule: signedIn(200), about: 'booking' },
  findHold: { rule: ownerOnly(200), about: 'hold' },
  releaseHold: { rule: ownerOnly(200), about: 'hold' },
  releaseSeat: { rule: ownerOnly(200), about: 'hold' },
  checkOut: { rule: ownerOnly(200), about: 'hold', body: {} },
  leaveCheckout: { rule: ownerOnly(200), about: 'checkout' },
  findPayment: { rule: ownerOnly(200), about: 'checkout' },
  findBooking: { rule: ownerOnly(200), about: 'booking' },
  cancelBooking: { rule: ownerOnly(200), about: 'booking' },

  // Organisers, with their own events
  listOwnEvents: { rule: anyOrganiser(200), about: 'event' },
  createEvent: { rule: anyOrganiser(201), about: 'nothing', body: NEW_EVENT },
  generatePlan: { rule: anyOrganiser(200), about: 'nothing', body: { generator } },
  previewPlan: { rule: anyOrganiser(200), about: 'nothing', body: { generator } },
  validatePlan: { rule: anyOrganiser(200), about: 'nothing', body: { name: 'no plan' } },
  getOwnEvent: { rule: organiserOfIt(200), about: 'draft' },
  updateEvent: { rule: organiserOfIt(200), about: 'event', body: { name: 'Another name' } },
  publishEvent: { rule: organiserOfIt(200), about: 'draft' },
  closeEvent: { rule: organiserOfIt(200), about: 'event' },
  cancelEvent: { rule: organiserOfIt(200), about: 'booking' },
  exportPlan: { rule: organiserOfIt(200), about: 'draft' },
  replacePlan: { rule: organiserOfIt(200), about: 'draft', body: { prices, generator } },
  previewSeatMap: { rule: organiserOfIt(200), about: 'draft' },
  getSales: { rule: organiserOfIt(200), about: 'booking' },
  getSalesHistory: { rule: organiserOfIt(200), about: 'booking' },
  listEventBookings: { rule: organiserOfIt(200), about: 'booking' },
  exportEventBookings: { rule: organiserOfIt(200), about: 'booking' },
  listOwnSeats: { rule: organiserOfIt(200), about: 'draft' },
  getSeatStory: { rule: organiserOfIt(200), about: 'booking' },
  blockSeats: { rule: organiserOfIt(200), about: 'event', body: { seatIds: [5] } },
  unblockSeats: { rule: organiserOfIt(200), about: 'event', body: { seatIds: [5] } },

  // Administrators
  listUsers: { rule: adminOnly(200), about: 'account' },
  changeRole: { rule: adminOnly(200), about: 'account', body: { role: 'organiser' } },
  getLatestAudit: { rule: { ...adminOnly(200), admin: [200, 204] }, about: 'nothing' },
  getQueueStats: { rule: adminOnly(200), about: 'nothing' },
  listQueueJobs: { rule: adminOnly(200), about: 'nothing', query: '?queue=cleanup' },
  pauseQueues: { rule: adminOnly(200), about: 'nothing', body: { queue: 'cleanup' } },
  resumeQueues: { rule: adminOnly(200), about: 'nothing', body: { queue: 'cleanup' } },
  cleanQueue: { rule: adminOnly(200), about: 'nothing', body: { queue: 'cleanup', state: 'completed' } },
  retryFailedJobs: { rule: adminOnly(200), about: 'nothing', body: { queue: 'cleanup' } },
  openQueueBoard: { rule: adminOnly(204), about: 'nothing' },
};
