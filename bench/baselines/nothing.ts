import { createServer } from 'node:http';
import { sayPort } from './say-port.ts';

/** A server that does nothing, to see how much the load generator can send when nobody holds it up. */
const BODY = '{"ok":true}';
const HEADERS = { 'content-type': 'application/json', 'content-length': String(BODY.length) };
sayPort(
  createServer((_req, res) => {
    res.writeHead(200, HEADERS).end(BODY);
  }).listen(0, '127.0.0.1'),
);
