import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { SerializedError } from '../../src/errors.ts';
import type { QueueSettings } from '../../src/queue/open.ts';
import { plainJavascript } from '../support/plain-javascript.ts';

interface Message {
  readonly event: 'open' | 'holding' | 'refused';
  readonly jobId?: string;
  readonly error?: SerializedError;
}

export interface QueueChild {
  readonly pid: number | undefined;
  /** The first message of one of these kinds, sent already or still to come. */
  message(...events: Message['event'][]): Promise<Message>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

export interface QueueChildren {
  start(settings: QueueSettings): QueueChild;
  /** Kills those that are left. */
  end(): Promise<void>;
}

/** Processes of their own that open a queue and hold its training jobs (child.ts). */
export async function queueChildren(): Promise<QueueChildren> {
  const code = await plainJavascript('test/queue/child.ts');
  const children: QueueChild[] = [];
  return {
    start: (settings) => {
      const child = watch(fork(code.of('test/queue/child.ts'), [JSON.stringify(settings)], { execArgv: [] }));
      children.push(child);
      return child;
    },
    end: async () => {
      await Promise.all(children.map((child) => child.kill()));
      await code.remove();
    },
  };
}

function watch(child: ChildProcess): QueueChild {
  const messages: Message[] = [];
  child.on('message', (message) => messages.push(message as Message));
  return {
    pid: child.pid,
    message: async (...events) => {
      for (;;) {
        const found = messages.find(({ event }) => events.includes(event));
        if (found !== undefined) return found;
        await Promise.race([once(child, 'message'), once(child, 'exit').then(ended)]);
      }
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function ended(): never {
  throw new Error('the child process ended');
}
