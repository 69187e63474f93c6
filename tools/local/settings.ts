import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PlainFailure, codeOf } from './failure.ts';
import type { Place } from './place.ts';

const Settings = z.object({
  databasePassword: z.string(),
  redisPassword: z.string(),
  jwtSecret: z.string(),
  stripeSecretKey: z.string(),
  stripeWebhookSecret: z.string(),
  demoPassword: z.string(),
  /** Ports of last time: kept so that links to the payment page and open database tools go on working. */
  ports: z.object({ mariadb: z.int(), redis: z.int(), stripe: z.int() }).partial(),
});
export type Settings = z.infer<typeof Settings>;

/**
 * The secrets of this folder's servers and logins, made at the first start and kept, readable by their owner only.
 * @throws PlainFailure when the file can't be understood.
 */
export function readSettings(place: Place): Settings {
  const file = settingsFile(place);
  try {
    return Settings.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return newSettings();
    throw new PlainFailure(
      `${file} can't be understood: delete it and new passwords are made; the data stays.`,
      { cause: error },
    );
  }
}

/** Whole or not at all: written beside the old file, then renamed over it. */
export function keepSettings(place: Place, settings: Settings): void {
  const file = settingsFile(place);
  writeFileSync(`${file}.new`, `${JSON.stringify(settings, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function settingsFile(place: Place): string {
  return join(place.folder, 'settings.json');
}

function newSettings(): Settings {
  return {
    databasePassword: secret(),
    redisPassword: secret(),
    jwtSecret: secret(),
    stripeSecretKey: `sk_test_${secret()}`,
    stripeWebhookSecret: `whsec_${secret()}`,
    demoPassword: password(),
    ports: {},
  };
}

const SECRET_BYTES = 32;

/** Letters and digits only: it goes into URLs and SQL. */
function secret(): string {
  return randomBytes(SECRET_BYTES).toString('hex');
}

/** Without letters that look alike, as people type it: 12 of 31 letters are 59 bits. */
const PASSWORD_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

function password(): string {
  return [lettersOfPassword(), lettersOfPassword(), lettersOfPassword()].join('-');
}

function lettersOfPassword(): string {
  return Array.from({ length: 4 }, () => PASSWORD_LETTERS[randomInt(PASSWORD_LETTERS.length)]).join('');
}
