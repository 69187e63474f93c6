import { invalidRequest, missingParam } from '../api-error.ts';
import { newId } from '../identifiers.ts';
import { requireCurrency } from '../money.ts';
import type { LineItemRecord, PriceRecord } from '../records.ts';
import { requireNamed, type Call } from './call.ts';
import type { LineItemParams } from './session-params.ts';

const lineItemsMax = 100;
const quantityMax = 999_999;

/** The lines of a session with their prices, in one currency. Throws ApiError in Stripe's words. */
export function readLineItems(call: Call, lines: readonly LineItemParams[]): LineItemRecord[] {
  if (lines.length > lineItemsMax) {
    throw invalidRequest(`You can only pass up to ${lineItemsMax} line items.`, { param: 'line_items' });
  }
  const items = lines.map((line, index) => readLine(call, line, `line_items[${index}]`));
  const currencies = new Set(items.map((item) => item.price.currency));
  if (currencies.size > 1) {
    throw invalidRequest(
      `Checkout does not support multiple currencies: ${[...currencies].join(', ')}. All prices must be in one.`,
      { param: 'line_items' },
    );
  }
  return items;
}

function readLine(call: Call, line: LineItemParams, path: string): LineItemRecord {
  const quantity = line.quantity;
  if (quantity === undefined) throw missingParam(`${path}[quantity]`);
  if (quantity < 1 || quantity > quantityMax) {
    const bound = quantity < 1 ? 'greater than or equal to 1' : `less than or equal to ${quantityMax}`;
    throw invalidRequest(`This value must be ${bound}.`, {
      code: 'parameter_invalid_integer',
      param: `${path}[quantity]`,
    });
  }
  const { price, name } = readPrice(call, line, path);
  return { id: newId('li_1'), name, quantity, price, metadata: line.metadata ?? {} };
}

function readPrice(call: Call, line: LineItemParams, path: string): { price: PriceRecord; name: string } {
  if (line.price_data !== undefined) return inlinePrice(call, line.price_data, `${path}[price_data]`);
  if (line.price === undefined) throw missingParam(`${path}[price]`);
  const price = requireNamed(call, 'price', line.price, `${path}[price]`);
  if (!price.active) {
    throw invalidRequest(`The price specified is inactive. This field only accepts active prices.`, {
      param: `${path}[price]`,
    });
  }
  return { price, name: productName(call, price.productId, `${path}[price]`) };
}

/** Lives in the session alone: unlike Stripe's, it can't be fetched by its id. Spares two records a line. */
function inlinePrice(
  call: Call,
  data: NonNullable<LineItemParams['price_data']>,
  path: string,
): { price: PriceRecord; name: string } {
  const { currency, unit_amount: unitAmount, product_data: product } = data;
  if (currency === undefined) throw missingParam(`${path}[currency]`);
  if (unitAmount === undefined) throw missingParam(`${path}[unit_amount]`);
  if (unitAmount < 0) {
    throw invalidRequest('Invalid non-negative integer', {
      code: 'parameter_invalid_integer',
      param: `${path}[unit_amount]`,
    });
  }
  if (product === undefined && data.product === undefined) throw missingParam(`${path}[product_data]`);
  if (product !== undefined && product.name === undefined) throw missingParam(`${path}[product_data][name]`);
  const price: PriceRecord = {
    id: newId('price_1'),
    created: call.world.clock.nowSeconds(),
    productId: data.product ?? newId('prod_', 14),
    currency: requireCurrency(currency, `${path}[currency]`),
    unitAmount,
    active: false,
    nickname: null,
    lookupKey: null,
    metadata: {},
  };
  return { price, name: product?.name ?? productName(call, price.productId, `${path}[product]`) };
}

function productName(call: Call, productId: string, param: string): string {
  return requireNamed(call, 'product', productId, param).name;
}
