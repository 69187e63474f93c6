// Runs on the Node that the machine has (20 or newer) and with no package installed: plain JavaScript, no imports but
// Node's own. It installs the packages, among which is the Node that Holdfast runs on, and hands over to that.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const BIN_FOLDER = join(ROOT, 'node_modules', '.bin');
const OUTER_NODE_MIN = 20;
const NODE_WANTED = 24;
const PARENT_CHECK_INTERVAL_MS = 500;
const TICK_INTERVAL_MS = 20_000;
const REACH_AFTER_MS = 20_000;

/**
 * Makes the packages current, then runs `script` (TypeScript) on Node 24 in our place: same terminal, same arguments,
 * our signals passed on, its exit code ours.
 */
export async function runOnNode24(script, args) {
  try {
    checkOuterNode();
    if (!packagesAreCurrent()) await installPackages();
    await handOver(wantedNode(), join(ROOT, script), args);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

function checkOuterNode() {
  if (majorOf(process.versions.node) >= OUTER_NODE_MIN) return;
  throw new Error(
    `Node ${OUTER_NODE_MIN} or newer is needed to begin with (this is ${process.versions.node}): ` +
      'on Debian, install the package nodejs of a current release or from nodejs.org.',
  );
}

/**
 * Whether node_modules holds what package-lock.json asks for, by npm's own record of what it installed: npm writes that
 * file last, so an install that was cut short has none.
 */
function packagesAreCurrent() {
  const wanted = packagesIn('package-lock.json');
  const installed = packagesIn(join('node_modules', '.package-lock.json'));
  if (installed === undefined || wanted === undefined) return false;
  const current = Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    // Packages for other kinds of machines are optional and not there.
    return installed[path] === undefined ? optional || devOptional : installed[path].version === version;
  });
  return current && existsSync(join(ROOT, 'node_modules', 'vitest')) && usableNode() !== undefined;
}

function packagesIn(lockFile) {
  try {
    return JSON.parse(readFileSync(join(ROOT, lockFile), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * .npmrc sets engine-strict, because npm under an older Node otherwise resolves a version range to whichever release
 * still takes that Node, silently. `npm ci` resolves nothing: it installs the exact versions of the lock file or fails.
 * So the rule can be lifted for it, and for it alone: it is what brings the Node that satisfies the rule.
 */
async function installPackages() {
  if (!canWrite(ROOT)) throw new Error(`Packages not installed: ${UNWRITABLE}`);
  console.log('Installing the packages (a minute or so, once) ...');
  const began = Date.now();
  const install = runNpm(['ci', '--engine-strict=false', '--include=dev', '--include=optional']);
  const tick = setInterval(
    () => console.log(`  still at it (${secondsSince(began)} s) ...`),
    TICK_INTERVAL_MS,
  );
  const unreachable = setTimeout(() => void endIfUnreachable(install), REACH_AFTER_MS);
  const { code, output } = await install.ended;
  clearInterval(tick);
  clearTimeout(unreachable);
  if (code !== 0) throw new Error(whyNpmFailed(output));
  console.log(`  installed in ${secondsSince(began)} s`);
}

/**
 * Without a network npm tries each of the packages several times, which takes minutes. So when it isn't done soon, the
 * registry is asked for a sign of life; an install from npm's cache, which needs none, is done by then.
 */
async function endIfUnreachable(install) {
  const { output } = await runNpm(['ping', '--fetch-retries=1', '--fetch-retry-mintimeout=1000']).ended;
  if (UNREACHABLE.test(output)) install.end(output);
}

function secondsSince(began) {
  return Math.round((Date.now() - began) / 1000);
}

const UNWRITABLE = `the folder ${ROOT} can't be written: make it yours (chown) or use another copy.`;

const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

const NPM_FAILURES = [
  [/\bE(ACCES|PERM|ROFS)\b/, UNWRITABLE],
  [/\bENOSPC\b/, `no space is left on the disk of ${ROOT}: make room (about 600 MB), then try again.`],
  [
    /\b(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+)\b/,
    "npm doesn't trust the registry's certificate: name your network's authority (`npm config set cafile ...`), then try again.",
  ],
  [
    UNREACHABLE,
    "the npm registry can't be reached: check the network (`npm ping`) or npm's registry and proxy settings, then try again.",
  ],
];

function canWrite(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function whyNpmFailed(output) {
  const known = NPM_FAILURES.find(([pattern]) => pattern.test(output));
  if (known !== undefined) return `Packages not installed: ${known[1]}`;
  const lines = output.split('\n').filter((line) => line.includes('npm error') || line.includes('npm ERR!'));
  return `Packages not installed: run \`npm ci --engine-strict=false\` to see why. npm said: ${lines.slice(0, 3).join(' ')}`;
}

/** Runs npm; `end` ends it early, with what else there is to say about it. */
function runNpm(args) {
  const npm = process.env.npm_execpath;
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const child = spawn(command, [...first, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (bytes) => (output += bytes);
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise((resolve, reject) => {
    child.once('error', () => reject(new Error("npm can't be run: install npm, then try again.")));
    child.once('close', (code) => resolve({ code, output }));
  });
  return { ended, end: (why) => keep(why) && child.kill('SIGKILL') };
}

/** Node 24 from the packages; where they have none for this kind of machine, the machine's own if it is new enough. */
function usableNode() {
  const packaged = join(BIN_FOLDER, 'node');
  if (existsSync(packaged)) return packaged;
  return majorOf(process.versions.node) >= NODE_WANTED ? process.execPath : undefined;
}

function wantedNode() {
  const node = usableNode();
  if (node !== undefined) return node;
  throw new Error(
    `Node ${NODE_WANTED} is needed, and there is no package of it for ${process.platform} on ${process.arch}: ` +
      `install Node ${NODE_WANTED} yourself, then try again.`,
  );
}

function majorOf(version) {
  return Number(version.split('.')[0]);
}

function handOver(node, script, args) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PATH: `${BIN_FOLDER}${delimiter}${process.env.PATH ?? ''}` };
    const child = spawn(node, [script, ...args], { cwd: ROOT, env, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    const watch = stopWithNpm(child);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      process.exitCode = signal === null ? code : 1;
      resolve();
    });
  });
}

/** npm passes signals on, but not its own SIGKILL: then our parent changes, and nobody else would tell us. */
function stopWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  return setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), PARENT_CHECK_INTERVAL_MS);
}
