import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

const answerWithinMs = 10_000;

export interface Poster {
  /** The status that the receiver answered, or 0 when none came within 10 seconds. Never rejects. */
  post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<number>;
  close(): void;
}

/** Posts over kept-open connections, as a burst of webhooks to one server wants. */
export function createPoster(connectionsMax: number): Poster {
  const options = { keepAlive: true, maxSockets: connectionsMax };
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);
  return {
    post: (url, body, headers) =>
      new Promise((resolve) => {
        const secure = url.startsWith('https:');
        const send = secure ? httpsRequest : httpRequest;
        const outgoing = send(
          url,
          {
            method: 'POST',
            agent: secure ? https : http,
            headers: { ...headers, 'content-length': Buffer.byteLength(body) },
            timeout: answerWithinMs,
          },
          (answer) => {
            answer.on('error', () => resolve(0));
            answer.on('end', () => resolve(answer.statusCode ?? 0));
            answer.resume();
          },
        );
        outgoing.on('error', () => resolve(0));
        outgoing.on('timeout', () => outgoing.destroy());
        outgoing.end(body);
      }),
    close() {
      http.destroy();
      https.destroy();
    },
  };
}
