/** npm passes Ctrl-C on to a process that had it from the terminal already: that is not a second one. */
export const SAME_PRESS_MS = 300;

/** Resolves with the name of the first signal that asks this process to stop; a second one calls `force`. */
export function waitForStop(force: () => void): Promise<string> {
  return new Promise((resolve) => {
    let firstAt: number | null = null;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (firstAt !== null && performance.now() - firstAt > SAME_PRESS_MS) force();
        firstAt ??= performance.now();
        resolve(signal);
      });
    }
  });
}
