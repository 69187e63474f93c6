import { compareSync, hashSync } from 'bcryptjs';

/** What a worker thread is asked; see `password-hash.ts`. */
export type PasswordTask =
  | { readonly task: 'hash'; readonly password: string; readonly cost: number }
  | { readonly task: 'compare'; readonly password: string; readonly hash: string };

/** Runs in a thread of its own, where taking a quarter of a second holds up nobody. */
// oxlint-disable-next-line import/no-default-export -- piscina calls a worker file's default export
export default function run(task: PasswordTask): string | boolean {
  return task.task === 'hash' ? hashSync(task.password, task.cost) : compareSync(task.password, task.hash);
}
