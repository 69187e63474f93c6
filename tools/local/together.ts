/** Awaits all of them even if one fails, so that none goes on unseen; then it is as `Promise.all`. */
export async function together<Results extends readonly unknown[] | []>(
  work: Results,
): Promise<{ -readonly [Index in keyof Results]: Awaited<Results[Index]> }> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}
