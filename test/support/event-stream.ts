import { eventually } from './eventually.ts';

export type StreamEvent = { readonly type: string; readonly id: string; readonly data: unknown };

/** A reader of server-sent events with plain fetch, as a browser reads them. */
export type StreamReader = {
  readonly response: Response;
  /** All events so far. */
  readonly events: readonly StreamEvent[];
  /** All bytes so far, as text. */
  text(): string;
  /** The id that a browser would resume from. */
  lastEventId(): string;
  /** Resolves with the first event that fits, once it is there. */
  event(fits: (event: StreamEvent) => boolean): Promise<StreamEvent>;
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>;
  close(): void;
};

export async function readStream(url: string, headers: Record<string, string> = {}): Promise<StreamReader> {
  const stop = new AbortController();
  const response = await fetch(url, { headers, signal: stop.signal });
  const events: StreamEvent[] = [];
  let text = '';
  let lastEventId = '';
  const ended = (async () => {
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      rest += chunk;
      for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n')) {
        const fields = new Map(
          rest
            .slice(0, end)
            .split('\n')
            .map((line) => splitField(line)),
        );
        rest = rest.slice(end + 2);
        lastEventId = fields.get('id') ?? lastEventId;
        const data = fields.get('data');
        if (data !== undefined)
          events.push({ type: fields.get('event') ?? 'message', id: lastEventId, data: JSON.parse(data) });
      }
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted && !(error instanceof TypeError)) throw error;
  });
  return {
    response,
    events,
    ended,
    text: () => text,
    lastEventId: () => lastEventId,
    event: async (fits) =>
      await eventually(() => {
        const found = events.find(fits);
        if (found === undefined) throw new Error(`No such event among ${JSON.stringify(events)}`);
        return found;
      }),
    close: () => stop.abort(),
  };
}

function splitField(line: string): [string, string] {
  const colon = line.indexOf(': ');
  return colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 2)];
}
