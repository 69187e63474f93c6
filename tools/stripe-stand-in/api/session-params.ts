import type { Fields, ParsedFields } from '../params.ts';

const priceData = {
  currency: 'string',
  product: 'string',
  product_data: {
    fields: {
      name: 'string',
      description: 'string',
      images: { list: 'string' },
      metadata: 'metadata',
      tax_code: 'string',
      tax_details: 'any',
      unit_label: 'string',
    },
  },
  recurring: 'unsupported',
  tax_behavior: 'string',
  unit_amount: 'integer',
  unit_amount_decimal: 'unsupported',
} as const satisfies Fields;

const lineItemParams = {
  price: 'string',
  price_data: { fields: priceData },
  quantity: 'integer',
  metadata: 'metadata',
  adjustable_quantity: { fields: { enabled: 'boolean', maximum: 'integer', minimum: 'integer' } },
  tax_rates: 'unsupported',
} as const satisfies Fields;

/**
 * Every parameter of `POST /v1/checkout/sessions` in API version 2026-10-28.endive. `any`: taken without
 * effect, as it changes only how the page looks; `unsupported`: refused, as it changes who pays what.
 */
export const sessionParams = {
  adaptive_pricing: { fields: { enabled: 'boolean' } },
  after_expiration: 'unsupported',
  allow_promotion_codes: 'boolean',
  allowed_payment_method_types: { list: 'string' },
  automatic_tax: 'unsupported',
  billing_address_collection: { oneOf: ['auto', 'required'] },
  branding_settings: 'any',
  cancel_url: 'string',
  client_reference_id: 'string',
  consent_collection: 'any',
  currency: 'string',
  custom_fields: 'any',
  custom_text: 'any',
  customer: 'string',
  customer_account: 'unsupported',
  customer_creation: { oneOf: ['always', 'if_required'] },
  customer_email: 'string',
  customer_update: 'any',
  discounts: 'unsupported',
  excluded_payment_method_types: { list: 'string' },
  expires_at: 'integer',
  integration_identifier: 'string',
  invoice_creation: 'unsupported',
  line_items: { list: { fields: lineItemParams } },
  locale: 'string',
  managed_payments: { fields: { enabled: 'boolean' } },
  metadata: 'metadata',
  mode: { oneOf: ['payment', 'setup', 'subscription'] },
  name_collection: 'any',
  optional_items: 'unsupported',
  origin_context: 'string',
  payment_intent_data: {
    fields: {
      application_fee_amount: 'unsupported',
      capture_method: { oneOf: ['automatic', 'automatic_async'] },
      description: 'string',
      metadata: 'metadata',
      on_behalf_of: 'unsupported',
      receipt_email: 'string',
      setup_future_usage: 'any',
      shipping: 'any',
      statement_descriptor: 'string',
      statement_descriptor_suffix: 'string',
      transfer_data: 'unsupported',
      transfer_group: 'string',
    },
  },
  payment_method_collection: { oneOf: ['always', 'if_required'] },
  payment_method_configuration: 'string',
  payment_method_data: 'any',
  payment_method_options: 'any',
  permissions: 'any',
  phone_number_collection: 'any',
  redirect_on_completion: 'unsupported',
  return_url: 'unsupported',
  saved_payment_method_options: 'any',
  setup_intent_data: 'unsupported',
  shipping_address_collection: 'any',
  shipping_options: 'unsupported',
  submit_type: { oneOf: ['auto', 'book', 'donate', 'pay', 'subscribe'] },
  subscription_data: 'unsupported',
  success_url: 'string',
  tax_id_collection: 'any',
  ui_mode: { oneOf: ['hosted_page'] },
  wallet_options: 'any',
} as const satisfies Fields;

export type SessionParams = ParsedFields<typeof sessionParams>;
export type LineItemParams = ParsedFields<typeof lineItemParams>;
