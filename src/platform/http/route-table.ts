/** A route with what its path names, still encoded as in the address. */
export type Found<Value> = {
  readonly value: Value;
  readonly params: Readonly<Record<string, string>>;
};

type Node<Value> = {
  readonly words: Map<string, Node<Value>>;
  param: { readonly name: string; readonly node: Node<Value> } | null;
  readonly values: Map<string, Value>;
};

export type RouteTable<Value> = {
  /**
   * What is at this address; null if nothing is. HEAD finds what GET does (RFC 9110, section 9.3.2).
   * @throws URIError when a part of the path is not well encoded.
   */
  find(method: string, url: string): Found<Value> | null;
};

/**
 * Routes by their path's parts, one step for each: a list of patterns, as express keeps it, is tried one after the other,
 * and with sixty routes that took longer than all of a refusal's own work.
 */
export function openRouteTable<Value extends { readonly method: string; readonly path: string }>(
  routes: readonly Value[],
): RouteTable<Value> {
  const root = emptyNode<Value>();
  for (const route of routes) nodeAt(root, route.path).values.set(route.method.toUpperCase(), route);
  return {
    find(method, url) {
      const params: Record<string, string> = {};
      const node = walk(root, pathOf(url).split('/'), params);
      const value = node?.values.get(method) ?? (method === 'HEAD' ? node?.values.get('GET') : undefined);
      return value === undefined ? null : { value, params };
    },
  };
}

/** The way to a path's node, which is made where it is not there yet. */
function nodeAt<Value>(root: Node<Value>, path: string): Node<Value> {
  let node = root;
  for (const part of path.split('/').slice(1)) {
    if (part.startsWith(':')) {
      const name = part.slice(1);
      node.param ??= { name, node: emptyNode() };
      if (node.param.name !== name) throw new Error(`${path}: the same place is called :${node.param.name}.`);
      node = node.param.node;
    } else {
      const next = node.words.get(part) ?? emptyNode<Value>();
      node.words.set(part, next);
      node = next;
    }
  }
  return node;
}

function walk<Value>(
  root: Node<Value>,
  parts: readonly string[],
  params: Record<string, string>,
): Node<Value> | null {
  // A slash at the end changes nothing.
  const end = parts.at(-1) === '' && parts.length > 2 ? parts.length - 1 : parts.length;
  let node = root;
  for (let index = 1; index < end; index += 1) {
    const part = parts[index] ?? '';
    const word = node.words.get(part);
    if (word !== undefined) {
      node = word;
      continue;
    }
    if (node.param === null || part === '') return null;
    params[node.param.name] = decodeURIComponent(part);
    node = node.param.node;
  }
  return node;
}

function emptyNode<Value>(): Node<Value> {
  return { words: new Map(), param: null, values: new Map() };
}

/** Without the query. A proxy may ask for a whole address (RFC 9112, section 3.2.2). */
export function pathOf(url: string): string {
  const path = url.startsWith('/') ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const query = path.search(/[?#]/);
  return query === -1 ? path : path.slice(0, query);
}
