/** With npm, one Ctrl-C sends two signals: one from the terminal, one from npm. Within this time they count as one. */
export const SAME_PRESS_MS = 300;

/** Resolves with the name of the first signal to stop. A second signal calls `force`. */
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
