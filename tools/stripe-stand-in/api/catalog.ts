import { invalidRequest, missingParam } from '../api-error.ts';
import { newId } from '../identifiers.ts';
import { requireCurrency } from '../money.ts';
import { parseParams } from '../params.ts';
import type { CustomerRecord, PriceRecord, ProductRecord } from '../records.ts';
import { emit } from '../world.ts';
import { list, requireInPath, requireNamed, show, type Call, type Handler } from './call.ts';

export const createProduct: Handler = (call) => {
  const params = parseParams(call.params, {
    id: 'string',
    name: 'string',
    description: 'string',
    active: 'boolean',
    metadata: 'metadata',
    images: { list: 'string' },
    url: 'string',
    tax_code: 'string',
    unit_label: 'string',
    default_price_data: 'unsupported',
  });
  if (params.name === undefined) throw missingParam('name');
  if (params.id !== undefined && call.world.store.tables.product.get(params.id) !== undefined) {
    throw invalidRequest('Product already exists.', { code: 'resource_already_exists', param: 'id' });
  }
  const product: ProductRecord = {
    id: params.id ?? newId('prod_', 14),
    created: call.world.clock.nowSeconds(),
    name: params.name,
    description: params.description ?? null,
    active: params.active ?? true,
    metadata: params.metadata ?? {},
  };
  call.world.store.put('product', product);
  emit(call.world, call.origin, 'product.created', { kind: 'product', record: product });
  return show(call, { kind: 'product', record: product });
};

export const updateProduct: Handler = (call) => {
  const params = parseParams(call.params, {
    name: 'string',
    description: 'string',
    active: 'boolean',
    metadata: 'metadata',
  });
  const product = requireInPath(call, 'product');
  const changed: ProductRecord = {
    ...product,
    name: params.name ?? product.name,
    description: params.description ?? product.description,
    active: params.active ?? product.active,
    metadata: { ...product.metadata, ...params.metadata },
  };
  call.world.store.put('product', changed);
  emit(call.world, call.origin, 'product.updated', { kind: 'product', record: changed });
  return show(call, { kind: 'product', record: changed });
};

export const createPrice: Handler = (call) => {
  const params = parseParams(call.params, {
    currency: 'string',
    unit_amount: 'integer',
    product: 'string',
    product_data: { fields: { name: 'string', metadata: 'metadata', active: 'boolean' } },
    nickname: 'string',
    lookup_key: 'string',
    active: 'boolean',
    metadata: 'metadata',
    tax_behavior: 'string',
    recurring: 'unsupported',
  });
  if (params.currency === undefined) throw missingParam('currency');
  if (params.unit_amount === undefined) throw missingParam('unit_amount');
  if (params.unit_amount < 0) throw invalidRequest('Invalid non-negative integer', { param: 'unit_amount' });
  const price: PriceRecord = {
    id: newId('price_1'),
    created: call.world.clock.nowSeconds(),
    productId: productOf(call, params.product, params.product_data?.name),
    currency: requireCurrency(params.currency, 'currency'),
    unitAmount: params.unit_amount,
    active: params.active ?? true,
    nickname: params.nickname ?? null,
    lookupKey: params.lookup_key ?? null,
    metadata: params.metadata ?? {},
  };
  call.world.store.put('price', price);
  emit(call.world, call.origin, 'price.created', { kind: 'price', record: price });
  return show(call, { kind: 'price', record: price });
};

export const createCustomer: Handler = (call) => {
  const params = parseParams(call.params, {
    email: 'string',
    name: 'string',
    description: 'string',
    metadata: 'metadata',
    phone: 'string',
    address: 'any',
    shipping: 'any',
    preferred_locales: 'any',
    invoice_settings: 'any',
    payment_method: 'unsupported',
    source: 'unsupported',
  });
  const customer: CustomerRecord = {
    id: newId('cus_', 14),
    created: call.world.clock.nowSeconds(),
    email: params.email ?? null,
    name: params.name ?? null,
    description: params.description ?? null,
    metadata: params.metadata ?? {},
  };
  call.world.store.put('customer', customer);
  emit(call.world, call.origin, 'customer.created', { kind: 'customer', record: customer });
  return show(call, { kind: 'customer', record: customer });
};

export const listProducts = list({
  kind: 'product',
  url: '/v1/products',
  filters: { active: 'boolean' },
  keep: (product, { active }) => active === undefined || product.active === active,
});

export const listPrices = list({
  kind: 'price',
  url: '/v1/prices',
  filters: { active: 'boolean', product: 'string', currency: 'string' },
  keep: (price, { active, product, currency }) =>
    (active === undefined || price.active === active) &&
    (product === undefined || price.productId === product) &&
    (currency === undefined || price.currency === currency),
});

export const listCustomers = list({
  kind: 'customer',
  url: '/v1/customers',
  filters: { email: 'string' },
  keep: (customer, { email }) => email === undefined || customer.email === email,
});

function productOf(call: Call, id: string | undefined, newName: string | undefined): string {
  if (id !== undefined) return requireNamed(call, 'product', id, 'product').id;
  if (newName === undefined) throw missingParam('product');
  const product: ProductRecord = {
    id: newId('prod_', 14),
    created: call.world.clock.nowSeconds(),
    name: newName,
    description: null,
    active: true,
    metadata: {},
  };
  call.world.store.put('product', product);
  emit(call.world, call.origin, 'product.created', { kind: 'product', record: product });
  return product.id;
}
