import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { ProblemReply } from './problem-details.ts';

const STYLE =
  ':root{color-scheme:light dark}body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.25rem}h1{font-size:1.5rem;line-height:1.25}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const CSP = `default-src 'none'; img-src 'self'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'`;

type Words = { readonly title: string; readonly text: string };
type Language = {
  readonly later: (seconds: number) => Words;
  readonly nothing: Words;
  readonly failed: Words;
  readonly home: string;
};

const LANGUAGES: Readonly<Record<'en' | 'de', Language>> = {
  en: {
    later: (seconds) => ({
      title: 'Very many people are here right now',
      text: `This page asks again by itself in ${seconds} s. Seats stay held for their time, and what you have bought stays yours.`,
    }),
    nothing: {
      title: 'There is nothing here',
      text: 'The address may be mistyped, or what was here is over.',
    },
    failed: { title: 'That did not work', text: 'Nothing was changed. Please try again in a moment.' },
    home: 'To all events',
  },
  de: {
    later: (seconds) => ({
      title: 'Im Moment ist sehr viel los',
      text: `Diese Seite fragt in ${seconds} s von selbst noch einmal. Plätze bleiben für ihre Zeit reserviert, und was Sie gekauft haben, bleibt Ihnen.`,
    }),
    nothing: {
      title: 'Hier ist nichts',
      text: 'Vielleicht ist die Adresse vertippt, oder was hier war, ist vorbei.',
    },
    failed: {
      title: 'Das hat nicht geklappt',
      text: 'Es wurde nichts geändert. Bitte versuchen Sie es gleich noch einmal.',
    },
    home: 'Zu allen Veranstaltungen',
  },
};

/** Whether a person asked, in a browser, for a page: programs that take anything are told in a problem document. */
export function wantsPage(req: Request): boolean {
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  return req.accepts(['application/problem+json', 'application/json', 'text/html']) === 'text/html';
}

/** Says the problem in plain words; a page that can be had later is asked for again by the browser (`Refresh`). */
export function sendProblemPage(req: Request, res: Response, { status, headers }: ProblemReply): void {
  const language = req.acceptsLanguages('en', 'de') === 'de' ? 'de' : 'en';
  const words = LANGUAGES[language];
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  const { title, text } = wordsFor(words, status, seconds);
  res.status(status).set({
    ...headers,
    ...(Number.isNaN(seconds) ? {} : { refresh: String(seconds) }),
    'content-type': 'text/html; charset=utf-8',
    'content-language': language,
    'content-security-policy': CSP,
    'x-content-type-options': 'nosniff',
  });
  res.send(
    `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style><main><h1>${title}</h1><p>${text}</p>${status === 404 ? `<p><a href="/">${words.home}</a></p>` : ''}</main></html>\n`,
  );
}

function wordsFor(words: Language, status: number, seconds: number): Words {
  if (!Number.isNaN(seconds)) return words.later(seconds);
  return status === 404 ? words.nothing : words.failed;
}
