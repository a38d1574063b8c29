import { fork, type ChildProcess } from 'node:child_process';
import { createChildEnvironment } from '../../config.ts';
import { AppError } from '../../errors.ts';
import type { JobName, JobTypes } from '../../queue/jobs.ts';
import { InterruptedError, type JobContext, type Processor } from '../../queue/queues.ts';
import type { ChildJobName, ChildSettings, FromChild, ToChild } from './protocol.ts';

/** The part of pino's interface that a worker needs. */
export interface Log {
  info(values: object, message: string): void;
  warn(values: object, message: string): void;
  error(values: object, message: string): void;
}

export interface ChildOptions {
  /** The compiled module that the process runs. */
  readonly entry: URL;
  readonly settings: ChildSettings;
  readonly log: Log;
}

interface Call {
  readonly progress: (progress: JobTypes[JobName]['progress']) => void;
  readonly resolve: (result: JobTypes[JobName]['result']) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A process that runs processors, so that a busy loop blocks nothing else and a native crash ends only the process's own jobs:
 * they fail with worker_process_died, which is retried. It ends by itself if its parent dies.
 */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #calls = new Map<number, Call>();
  readonly #exited: Promise<void>;
  #nextCall = 1;
  #alive = true;

  constructor({ entry, settings, log }: ChildOptions) {
    this.#child = fork(entry, [], {
      serialization: 'advanced',
      execArgv: [],
      env: createChildEnvironment(settings),
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#end(signal ? `signal ${signal}` : `exit code ${String(code)}`);
        resolve();
      });
    });
    this.#child.on('error', (error) => {
      this.#end(error.message);
    });
    this.#child.on('message', (message) => {
      this.#receive(message as FromChild, log);
    });
    this.#send({ type: 'start', settings });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Jobs that it runs. */
  get load(): number {
    return this.#calls.size;
  }

  get alive(): boolean {
    return this.#alive;
  }

  run<Name extends ChildJobName>(
    name: Name,
    context: JobContext<Name>,
    payload: JobTypes[Name]['payload'],
  ): Promise<JobTypes[Name]['result']> {
    const call = this.#nextCall++;
    const abort = () => {
      this.#send({ type: 'abort', call, reason: String(context.signal.reason) });
    };
    const done = new Promise<JobTypes[JobName]['result']>((resolve, reject) => {
      if (!this.#alive) reject(this.#describeDeath('it had ended before the job began'));
      const progress = (news: JobTypes[JobName]['progress']) => {
        context.reportProgress(news as JobTypes[Name]['progress']).catch(() => undefined);
      };
      this.#calls.set(call, { progress, resolve, reject });
      this.#send({ type: 'run', call, name, jobId: context.jobId, attempt: context.attempt, payload });
      context.signal.addEventListener('abort', abort, { once: true });
      if (context.signal.aborted) abort();
    });
    return done.finally(() => {
      this.#calls.delete(call);
      context.signal.removeEventListener('abort', abort);
    });
  }

  /** Ends the process and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.#alive) this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #send(message: ToChild): void {
    // A failed send means that the process is ending: its exit settles the calls.
    if (this.#alive && this.#child.connected) this.#child.send(message, () => undefined);
  }

  #receive(message: FromChild, log: Log): void {
    if (message.type === 'ready') return;
    if (message.type === 'log') {
      log[message.level]({ pid: this.pid }, message.message);
      return;
    }
    const call = this.#calls.get(message.call);
    if (!call) return;
    if (message.type === 'progress') call.progress(message.progress);
    else if (message.type === 'result') call.resolve(message.result);
    else if (message.type === 'interrupted') call.reject(new InterruptedError());
    else call.reject(AppError.fromJSON(message.error));
  }

  #end(how: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const call of this.#calls.values()) call.reject(this.#describeDeath(how));
  }

  #describeDeath(how: string): AppError {
    return AppError.of('worker_process_died', { pid: this.pid, how });
  }
}

/** Starts a process for each job. */
export function runInOwnProcess<Name extends ChildJobName>(
  name: Name,
  options: ChildOptions,
): Processor<Name> {
  return async (context, payload) => {
    const child = new WorkerProcess(options);
    try {
      return await child.run(name, context, payload);
    } finally {
      await child.stop();
    }
  };
}

/** Processes that keep models loaded. A dead one is replaced when there is work for it. */
export class ProcessPool {
  readonly #options: ChildOptions;
  readonly #size: number;
  readonly #idleMs: number;
  readonly #children: WorkerProcess[] = [];
  #idle: NodeJS.Timeout | undefined;

  /** Processes end when none of them has had work for idleMs. */
  constructor(size: number, options: ChildOptions, idleMs = Infinity) {
    this.#options = options;
    this.#size = size;
    this.#idleMs = idleMs;
  }

  async run<Name extends ChildJobName>(
    name: Name,
    context: JobContext<Name>,
    payload: JobTypes[Name]['payload'],
  ): Promise<JobTypes[Name]['result']> {
    clearTimeout(this.#idle);
    try {
      return await this.#pick().run(name, context, payload);
    } finally {
      this.#watchIdle();
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    await Promise.all(this.#children.splice(0).map((child) => child.stop()));
  }

  /** The process with the least work. */
  #pick(): WorkerProcess {
    const loads = Array.from({ length: this.#size }, (_, slot) => this.#children[slot]?.load ?? 0);
    const slot = loads.indexOf(Math.min(...loads));
    const known = this.#children[slot];
    if (known?.alive) return known;
    const started = new WorkerProcess(this.#options);
    this.#children[slot] = started;
    return started;
  }

  #watchIdle(): void {
    if (this.#idleMs === Infinity || this.#children.some(({ load }) => load > 0)) return;
    this.#idle = setTimeout(() => void this.stop(), this.#idleMs);
    this.#idle.unref();
  }
}
