import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import { PROBLEMS, Problem } from '../problem.ts';
import { PROBLEM_CONTENT_TYPE, problemBody } from './problem-details.ts';

/** Answers what Node refuses before there is a request to speak of; it would send a bare status line, and no document. */
export function answerMalformed(server: Server, baseUrl: string): void {
  // A server may refuse expectations that it does not know, or pass over them (RFC 9110, section 10.1.1).
  server.on('checkExpectation', (req, res) => server.emit('request', req, res));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const requestId = randomUUID();
    const problem = problemOf(error.code);
    const { status } = problem.kind;
    const body = JSON.stringify(problemBody(problem, baseUrl, requestId));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      'cache-control: no-store',
      `content-type: ${PROBLEM_CONTENT_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'x-content-type-options: nosniff',
      `x-request-id: ${requestId}`,
    ];
    const told = isHead(error) ? '' : body;
    socket.end(`${head.join('\r\n')}\r\n\r\n${told}`, () => socket.destroy());
  });
}

/** Node would refuse it too (it is told not to), with a bare status line. @throws Problem `invalid_request` */
export function checkHost(req: IncomingMessage): void {
  if (req.headers.host !== undefined || req.httpVersionMinor === 0) return;
  throw new Problem(PROBLEMS.invalid_request, 'A request needs a Host header.', {
    headers: { connection: 'close' },
  });
}

/** For all that is not of the API, which does the same for itself. */
export const requireHost: RequestHandler = (req, _res, next) => {
  checkHost(req);
  next();
};

/** An answer to HEAD has no body: the next thing would be read as another answer. */
function isHead(error: Error): boolean {
  return (
    'rawPacket' in error &&
    Buffer.isBuffer(error.rawPacket) &&
    error.rawPacket.toString('latin1', 0, 5) === 'HEAD '
  );
}

function problemOf(code: string | undefined): Problem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem(PROBLEMS.request_timeout, 'Send the whole request without long pauses.');
    case 'HPE_HEADER_OVERFLOW':
      return new Problem(PROBLEMS.headers_too_large, 'Send a shorter address and fewer or shorter headers.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Problem(PROBLEMS.body_too_large, 'Send the chunks of the body without extensions.');
    default:
      return new Problem(PROBLEMS.invalid_request, 'This is not well-formed HTTP.');
  }
}
