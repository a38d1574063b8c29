import { AppError } from '../../errors.ts';
import type { JobName, JobTypes } from '../../queue/jobs.ts';
import { InterruptedError, type JobContext, type Processor } from '../../queue/queues.ts';
import { selectRuntime } from '../../model/runtime/select.ts';
import { openStore } from '../../store/store.ts';
import { createEvaluateProcessor } from '../processors/evaluate.ts';
import { createInferProcessor } from '../processors/infer.ts';
import { createPartProcessor } from '../processors/part.ts';
import { createTrainProcessor } from '../processors/train.ts';
import type { ChildJobName, ChildSettings, FromChild, ToChild } from './protocol.ts';

/** The child process: processors over one runtime and one store, driven by messages. */
type Processors = { [Name in ChildJobName]: Processor<Name> };

const aborts = new Map<number, AbortController>();
let processors: Promise<Processors> | undefined;

process.on('message', (message: ToChild) => {
  if (message.type === 'start') processors = start(message.settings);
  else if (message.type === 'abort') aborts.get(message.call)?.abort(message.reason);
  else void run(message);
});
process.on('disconnect', () => process.exit(0));

function send(message: FromChild): void {
  process.send?.(message);
}

async function start(settings: ChildSettings): Promise<Processors> {
  const info = (message: string) => {
    send({ type: 'log', level: 'info', message });
  };
  const warn = (message: string) => {
    send({ type: 'log', level: 'warn', message });
  };
  const runtime = await selectRuntime(settings, info);
  const store = openStore(settings, undefined, {
    pieceThread: new URL('../../store/drivers/piece-thread.js', import.meta.url),
  });
  send({ type: 'ready' });
  return {
    train: createTrainProcessor({ runtime, store, warn }),
    evaluate: createEvaluateProcessor({ runtime, store, warn }),
    part: createPartProcessor({ runtime, store, warn }),
    infer: createInferProcessor({ runtime, store, warn }),
  };
}

async function run(message: Extract<ToChild, { type: 'run' }>): Promise<void> {
  const { call, jobId, attempt } = message;
  const abort = new AbortController();
  aborts.set(call, abort);
  const context: JobContext<JobName> = {
    jobId,
    attempt,
    signal: abort.signal,
    reportProgress: async (progress) => {
      send({ type: 'progress', call, progress });
    },
  };
  try {
    if (!processors) throw new Error('a job came before the settings');
    const process = (await processors)[message.name] as (
      context: JobContext<JobName>,
      payload: JobTypes[JobName]['payload'],
    ) => Promise<JobTypes[JobName]['result']>;
    send({ type: 'result', call, result: await process(context, message.payload) });
  } catch (error) {
    send(describeFailure(call, error));
  } finally {
    aborts.delete(call);
  }
}

function describeFailure(call: number, error: unknown): FromChild {
  if (error instanceof InterruptedError) return { type: 'interrupted', call };
  if (error instanceof AppError) return { type: 'error', call, error: error.toJSON() };
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  send({ type: 'log', level: 'error', message: detail });
  return { type: 'error', call, error: AppError.of('internal', undefined).toJSON() };
}
