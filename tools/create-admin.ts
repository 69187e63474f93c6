import { randomBytes } from 'node:crypto';
import { createUser } from '../src/accounts/create-user.ts';
import { openMysql } from '../src/platform/mysql.ts';
import { StartError, runProcess } from '../src/platform/shutdown.ts';

/**
 * `npm run create-admin -- you@example.com`: the first administrator, who then makes organisers through the API. The
 * password is read from ADMIN_PASSWORD, or made up and printed once. An address that has an account is left as it is.
 */
async function main(): Promise<void> {
  const [email] = process.argv.slice(2);
  const url = process.env['DATABASE_URL'];
  if (email === undefined || !email.includes('@'))
    throw new StartError('Say whose: npm run create-admin -- you@example.com');
  if (!url) throw new StartError('DATABASE_URL is missing: set it in .env (see .env.example).');
  const password = process.env['ADMIN_PASSWORD'] || randomBytes(15).toString('base64url');
  const db = openMysql(url, 2);
  try {
    const userId = await createUser(db, { email, password, role: 'admin', name: null });
    const hint = process.env['ADMIN_PASSWORD']
      ? ''
      : `, password ${password} (unless the address had an account)`;
    console.log(`Administrator ${email} is ${userId}${hint}`);
  } catch (error) {
    if (error instanceof RangeError) throw new StartError(error.message);
    throw error;
  } finally {
    await db.destroy();
  }
}

if (import.meta.main) runProcess(main);
