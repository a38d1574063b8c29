import { SAME_PRESS_MS } from './signals.ts';

/** Exit codes that shells expect after a signal: 128 + its number. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;
type SignalName = keyof typeof EXIT_CODES;

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal ended the command early, or the reader of its output closed the pipe (SIGPIPE). */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(signal: SignalName) {
    super(`stopped by ${signal}`);
    this.exitCode = EXIT_CODES[signal];
  }
}

export interface Interruption {
  /** The first signal aborts it with an {@link Interrupted} as reason. The second ends the process at once. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  release(): void;
}

export function watchInterruption(): Interruption {
  const controller = new AbortController();
  let firstAt = 0;
  const interrupt = (signal: SignalName): void => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort(new Interrupted(signal));
    } else if (signal !== 'SIGPIPE' && performance.now() - firstAt > SAME_PRESS_MS) {
      process.exit(EXIT_CODES[signal]);
    }
  };
  const listeners = STOPPING.map((signal) => {
    const listener = (): void => {
      interrupt(signal);
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  // Without listeners, a closed pipe or terminal would end the process before it can clean up.
  process.stdout.on('error', () => {
    interrupt('SIGPIPE');
  });
  process.stderr.on('error', () => undefined);
  const release = (): void => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
  return { signal: controller.signal, release };
}
