/** The promise's outcome, or a rejection with `late()` if it takes longer than `limitMs`. */
export async function limitTime<T>(promise: Promise<T>, limitMs: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late());
    }, limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the promise settled (fulfilled or rejected) within the limit. Never rejects. */
export async function settles(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  const outcome = promise.then(
    () => true,
    () => true,
  );
  return limitTime(outcome, limitMs, () => new Error('late')).catch(() => false);
}
