import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** No test takes as long to start anything, however slow the machine. */
const START_LIMIT_MS = 60_000;

/** One thread each: those of ONNX Runtime spin while they wait, at the cost of the tests beside. */
const DEFAULTS = { AEVB_HOST: '127.0.0.1', AEVB_PORT: '0', AEVB_THREADS: '1' };

export type Settings = Readonly<Record<string, string>>;

/** The service, or a part of it, in a process of its own. */
export interface ServiceProcess {
  readonly pid: number;
  /** Where its API listens. */
  readonly url: string;
  /** Everything it wrote so far. */
  readonly log: () => string;
  /** Sends a signal to the process itself, not to those it has started, and waits until it is gone. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<{ code: number | null; signal: string | null }>;
}

/** Starts services and ends what is left of them, the processes they have started included. */
export class Services {
  readonly #groups: number[] = [];

  /** Resolves when it listens (serve, api) or takes jobs (worker). Errors: it ended before, with what it wrote. */
  async start(command: 'serve' | 'api' | 'worker', settings: Settings): Promise<ServiceProcess> {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: build first (npm run build)`);
    const child = spawn(process.execPath, [MAIN, command], {
      env: { ...withoutOurs(process.env), ...DEFAULTS, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that all of it can be ended at once.
      detached: true,
    });
    const { pid } = child;
    if (pid === undefined) throw new Error('the service could not be started');
    this.#groups.push(pid);
    const lines: string[] = [];
    const exited = exitOf(child);
    const ready = command === 'worker' ? /"worker ready"/ : /"url":"(?<url>[^"]+)".*"listening"/;
    const found = await Promise.race([
      lineLike(ready, child.stdout, lines),
      lineLike(/(?!)/, child.stderr, lines),
      exited.then(({ code }) => failed(`ended with code ${String(code)}`, lines)),
      late(lines),
    ]);
    const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
      child.kill(signal);
      return exited;
    };
    return { pid, url: found.groups?.url ?? '', log: () => lines.join('\n'), end };
  }

  endAll(): void {
    for (const group of this.#groups.splice(0)) {
      try {
        process.kill(-group, 'SIGKILL');
      } catch {
        // All of it has ended.
      }
    }
  }
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
}

function lineLike(pattern: RegExp, stream: Readable, lines: string[]): Promise<RegExpExecArray> {
  return new Promise((resolve) => {
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      const match = pattern.exec(line);
      if (match) resolve(match);
    });
  });
}

function late(lines: string[]): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => {
      reject(failure('did not start', lines));
    }, START_LIMIT_MS);
    timer.unref();
  });
}

function failed(how: string, lines: string[]): never {
  throw failure(how, lines);
}

function failure(how: string, lines: string[]): Error {
  return new Error(`the service ${how}:\n${lines.join('\n')}`);
}

/** Settings of whoever runs the tests are not those of the services under test. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AEVB_')));
}
