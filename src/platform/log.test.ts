import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it.each([
  ['exits', 'process.exit(3)'],
  ['fails', 'throw new Error("unforeseen")'],
  ['has nothing more to do', ''],
])(
  'the log / a process that %s in the turn in which it logs / has written every line, in order',
  (_, end) => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program(end)], {
      encoding: 'utf8',
    });
    const messages = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).message]));
    expect(messages).toEqual(['first', 'second', 'third']);
  },
);

function program(end: string): string {
  return `
    import { openLog, withoutSearch } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)};
    const log = openLog({ logLevel: 'info' }, 'test');
    log.info('first');
    withoutSearch(log).info('second');
    openLog({ logLevel: 'info' }, 'other').info('third');
    ${end}
  `;
}
