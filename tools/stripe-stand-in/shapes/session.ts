import type Stripe from 'stripe';
import type { LineItemRecord, SessionRecord } from '../records.ts';
import { priceShape, type OnTheWire } from './catalog.ts';

/** The whole Checkout Session. `url` is given only while it can be paid, as Stripe does. */
export function sessionShape(session: SessionRecord, baseUrl: string): Stripe.Checkout.Session {
  return {
    ...sameForAll,
    id: session.id,
    allowed_payment_method_types: session.allowedMethods === null ? null : [...session.allowedMethods],
    amount_subtotal: session.amountTotal,
    amount_total: session.amountTotal,
    cancel_url: session.cancelUrl,
    client_reference_id: session.reference,
    created: session.created,
    currency: session.currency,
    customer: session.customerId,
    customer_creation: session.customerId === null ? 'if_required' : null,
    customer_details: customerDetails(session),
    customer_email: session.customerEmail,
    expires_at: session.expiresAt,
    locale: session.locale,
    metadata: session.metadata,
    payment_intent: session.intentId,
    payment_status: session.paymentStatus,
    status: session.status,
    submit_type: session.submitType,
    success_url: session.successUrl,
    url: session.status === 'open' ? `${baseUrl}/c/pay/${session.id}` : null,
  };
}

/** What no session of the stand-in differs in: it takes none of these parameters. */
const sameForAll = {
  object: 'checkout.session',
  adaptive_pricing: { enabled: false },
  after_expiration: null,
  allow_promotion_codes: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  client_secret: null,
  collected_information: { business_name: null, individual_name: null, shipping_details: null },
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer_account: null,
  discounts: [],
  integration_identifier: null,
  invoice: null,
  invoice_creation: {
    enabled: false,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: null,
      metadata: {},
      rendering_options: null,
    },
  },
  livemode: false,
  managed_payments: { enabled: false },
  mode: 'payment',
  origin_context: null,
  payment_link: null,
  payment_method_collection: 'if_required',
  payment_method_configuration_details: null,
  payment_method_options: { card: { request_three_d_secure: 'automatic' } },
  payment_method_types: ['card'],
  permissions: null,
  phone_number_collection: { enabled: false },
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  subscription: null,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  ui_mode: 'hosted_page',
  wallet_options: null,
} satisfies Partial<Stripe.Checkout.Session>;

function customerDetails(session: SessionRecord): Stripe.Checkout.Session.CustomerDetails | null {
  if (session.buyer === null && session.customerEmail === null) return null;
  const address = session.buyer && {
    city: null,
    country: session.buyer.country,
    line1: null,
    line2: null,
    postal_code: session.buyer.postalCode,
    state: null,
  };
  return {
    address,
    business_name: null,
    email: session.buyer?.email ?? session.customerEmail,
    individual_name: null,
    name: session.buyer?.name ?? null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  };
}

export function lineItemShape(item: LineItemRecord): OnTheWire<Stripe.LineItem, 'price'> {
  const amount = item.price.unitAmount * item.quantity;
  return {
    id: item.id,
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: item.price.currency,
    description: item.name,
    metadata: item.metadata,
    price: priceShape(item.price),
    quantity: item.quantity,
  };
}
