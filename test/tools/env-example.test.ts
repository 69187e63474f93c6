import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/platform/config.ts';
import { ROOT } from '../../tools/local/place.ts';

const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
const shown = [...example.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => ({
  name,
  value,
}));

test('.env.example / against the configuration / names every variable that it reads', () => {
  const source = readFileSync(join(ROOT, 'src', 'platform', 'config.ts'), 'utf8');
  const read = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name);
  expect(read.length).toBeGreaterThan(20);
  expect(shown.map(({ name }) => name)).toEqual(expect.arrayContaining(read));
});

test('.env.example / with what it shows / is the configuration without it', () => {
  const needed = {
    DATABASE_URL: 'mysql://holdfast:password@127.0.0.1:3306/holdfast',
    REDIS_URL: 'redis://127.0.0.1:6379/0',
    JWT_SECRET: 'x'.repeat(32),
    STRIPE_SECRET_KEY: 'sk_test_x',
    STRIPE_WEBHOOK_SECRET: 'whsec_x',
  };
  const values = shown.filter(({ value }) => value !== '').map(({ name, value }) => [name, value]);
  expect(loadConfig({ ...needed, ...Object.fromEntries(values) })).toEqual(loadConfig(needed));
});

test('docker-compose.yml / against .env.example / hands on every setting of the processes', () => {
  const compose = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
  // container.ts decides where Stripe is.
  const forProcesses = /^# --- Where[^]*?(?=^# --- `npm start` only)/m.exec(example)?.[0] ?? '';
  const names = [...forProcesses.matchAll(/^#([A-Z_]+)=/gm)].map(([, name = '']) => name);
  const missing = names.filter((name) => name !== 'STRIPE_API_BASE' && !compose.includes(` ${name}: `));
  expect(missing).toEqual([]);
});
