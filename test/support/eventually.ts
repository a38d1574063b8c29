import { vi } from 'vitest';

/** Waits until a check passes: far longer than it takes, also on a busy machine. */
export const eventually = <Result>(check: () => Result | Promise<Result>): Promise<Result> =>
  vi.waitFor(check, { timeout: 30_000, interval: 20 });
