import { invalidRequest, notInStandIn } from './api-error.ts';
import type { Param, ParamObject } from './form.ts';

/** What an endpoint takes. Anything not named here is refused as Stripe does: `parameter_unknown`. */
type Spec =
  | 'string'
  | 'integer'
  | 'boolean'
  | 'metadata'
  | 'any'
  | 'unsupported'
  | { readonly oneOf: readonly string[] }
  | { readonly list: Spec }
  | { readonly fields: Fields };
export type Fields = { readonly [name: string]: Spec };

type Parsed<S> = S extends 'string'
  ? string
  : S extends 'integer'
    ? number
    : S extends 'boolean'
      ? boolean
      : S extends 'metadata'
        ? Record<string, string>
        : S extends { readonly oneOf: readonly (infer One)[] }
          ? One
          : S extends { readonly list: infer Item }
            ? Parsed<Item>[]
            : S extends { readonly fields: infer Inner }
              ? ParsedFields<Inner>
              : unknown;
export type ParsedFields<F> = { readonly [Name in keyof F]?: Parsed<F[Name]> };

const metadataKeysMax = 50;
const metadataKeyCharsMax = 40;
const metadataValueCharsMax = 500;

/** Checks and types the parameters of one endpoint; throws ApiError in Stripe's words at the first fault. */
export function parseParams<const F extends Fields>(params: ParamObject, fields: F): ParsedFields<F> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parseFields follows the same `fields`
  return parseFields(params, fields, '') as ParsedFields<F>;
}

function parseFields(params: ParamObject, fields: Fields, path: string): Record<string, unknown> {
  const unknown = Object.keys(params).filter((name) => !Object.hasOwn(fields, name));
  if (unknown.length > 0) throw unknownParams(unknown.map((name) => join(path, name)));
  const parsed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params)) {
    const spec = fields[name];
    if (spec !== undefined) parsed[name] = parseOne(value, spec, join(path, name));
  }
  return parsed;
}

function unknownParams(names: readonly string[]): Error {
  const [first = ''] = names;
  const message =
    names.length === 1
      ? `Received unknown parameter: ${first}`
      : `Received unknown parameters: ${names.join(', ')}`;
  return invalidRequest(message, { code: 'parameter_unknown', param: first });
}

function parseOne(value: Param, spec: Spec, path: string): unknown {
  if (typeof spec === 'object') return parseComposite(value, spec, path);
  if (spec === 'any') return value;
  if (spec === 'unsupported') throw notInStandIn(`the parameter ${path}`, path);
  if (spec === 'metadata') return parseMetadata(value, path);
  if (typeof value !== 'string')
    throw invalidRequest(`Invalid ${spec}: ${JSON.stringify(value)}`, { param: path });
  return parseScalar(value, spec, path);
}

function parseComposite(value: Param, spec: Exclude<Spec, string>, path: string): unknown {
  if ('oneOf' in spec) {
    if (typeof value === 'string' && spec.oneOf.includes(value)) return value;
    throw invalidRequest(`Invalid ${path}: must be one of ${spec.oneOf.join(', ')}`, { param: path });
  }
  if ('list' in spec) {
    if (typeof value === 'string' || !isList(value)) throw invalidRequest('Invalid array', { param: path });
    return value.map((item, index) => parseOne(item, spec.list, join(path, String(index))));
  }
  if (isList(value) && value.length === 0) return {};
  if (typeof value === 'string' || isList(value)) throw invalidRequest('Invalid object', { param: path });
  return parseFields(value, spec.fields, path);
}

function parseScalar(value: string, spec: 'string' | 'integer' | 'boolean', path: string): unknown {
  if (value === '') throw emptyParam(path);
  if (spec === 'string') return value;
  if (spec === 'boolean') {
    if (value === 'true' || value === 'false') return value === 'true';
    throw invalidRequest(`Invalid boolean: ${value}`, { param: path });
  }
  if (/^-?\d{1,15}$/.test(value)) return Number(value);
  throw invalidRequest(`Invalid integer: ${value}`, { code: 'parameter_invalid_integer', param: path });
}

function emptyParam(path: string): Error {
  return invalidRequest(
    `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a parameter; ` +
      `however '${path}' cannot be unset. You should remove '${path}' from your request or supply a non-empty value.`,
    { code: 'parameter_invalid_empty', param: path },
  );
}

function parseMetadata(value: Param, path: string): Record<string, string> {
  if (value === '') return {};
  const entries = typeof value === 'string' ? undefined : Object.entries(value);
  if (entries === undefined) throw invalidRequest('Invalid object', { param: path });
  if (entries.length > metadataKeysMax) {
    throw invalidRequest(`You can have up to ${metadataKeysMax} metadata keys.`, { param: path });
  }
  return Object.fromEntries(entries.map(([key, text]) => [key, metadataValue(key, text, join(path, key))]));
}

function metadataValue(key: string, text: Param, path: string): string {
  if (typeof text !== 'string') throw invalidRequest('Metadata values must be strings.', { param: path });
  if (key.length > metadataKeyCharsMax) {
    throw invalidRequest(
      `Metadata keys can have up to ${metadataKeyCharsMax} characters, but you passed in a key that is ` +
        `${key.length} characters. Invalid key: ${key}`,
      { param: path },
    );
  }
  if (text.length > metadataValueCharsMax) {
    throw invalidRequest(
      `Metadata values can have up to ${metadataValueCharsMax} characters, but you passed in a value that is ` +
        `${text.length} characters. Invalid value: ${text}`,
      { param: path },
    );
  }
  return text;
}

function isList(value: Param): value is readonly Param[] {
  return Array.isArray(value);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}[${name}]`;
}
