import type { JobTypes, TrackedName } from '../../queue/jobs.ts';
import type { JobView } from '../../queue/queues.ts';
import type { Job } from './schemas.ts';

/** How each kind of job shows its progress and result. */
interface Presentation<Progress, Result, Shown extends Job> {
  readonly progress: (progress: Progress) => NonNullable<Shown['progress']>;
  readonly result: (result: Result) => NonNullable<Shown['result']>;
}

const PRESENTATIONS: {
  readonly [Name in TrackedName]: Presentation<
    JobTypes[Name]['progress'],
    JobTypes[Name]['result'],
    Extract<Job, { type: Name }>
  >;
} = {
  train: {
    progress: (progress) => ({
      step: progress.step,
      total_steps: progress.totalSteps,
      epoch: progress.epoch,
      epochs: progress.epochs,
      rows_per_second: progress.rowsPerSecond,
      train_elbo: progress.trainElbo,
      validation_elbo: progress.validationElbo,
      seconds_left: progress.secondsLeft,
      runtime: progress.runtime,
      pid: progress.pid,
    }),
    result: ({ outcome, step, validationElbo }) => ({ outcome, step, validation_elbo: validationElbo }),
  },
  evaluate: {
    progress: ({ measure, rowsDone, rows, secondsLeft, runtime, pid }) => ({
      measure,
      rows_done: rowsDone,
      rows,
      seconds_left: secondsLeft,
      runtime,
      pid,
    }),
    result: (result) => result,
  },
};

export function presentJob(view: JobView): Job {
  const { progress, result } = PRESENTATIONS[view.name] as Presentation<unknown, unknown, Job>;
  return {
    id: view.id,
    type: view.name,
    state: view.state,
    model_id: view.payload.modelId,
    dataset_id: view.payload.datasetId,
    created_at: new Date(view.createdAt).toISOString(),
    started_at: presentTime(view.startedAt),
    finished_at: presentTime(view.finishedAt),
    attempts: view.attempts,
    progress: view.progress === null ? null : progress(view.progress),
    result: view.result === null ? null : result(view.result),
    error: view.error === null ? null : presentFailure(view.error),
    ...(view.name === 'train' ? { warnings: view.payload.warnings ?? [] } : {}),
  } as Job;
}

function presentTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

function presentFailure(error: NonNullable<JobView['error']>): NonNullable<Job['error']> {
  const problems = error.problems.map(({ pointer, detail }) => ({ pointer, detail }));
  return { code: error.code, message: error.message, problems };
}
