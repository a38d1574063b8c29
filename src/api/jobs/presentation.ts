import type { ApplyResult, TrackedName } from '../../queue/jobs.ts';
import type { JobView, JobViewOf } from '../../queue/queues.ts';
import type { EvaluateJob, Job, TrainJob } from './schemas.ts';
import type { TaskJob } from './task-schemas.ts';

interface Shown {
  readonly train: TrainJob;
  readonly evaluate: EvaluateJob;
  readonly apply: TaskJob;
}

const PRESENTATIONS: { readonly [Name in TrackedName]: (view: JobViewOf<Name>) => Shown[Name] } = {
  train: (view) => ({
    id: view.id,
    type: 'train',
    ...presentFacts(view),
    progress: view.progress && {
      step: view.progress.step,
      total_steps: view.progress.totalSteps,
      epoch: view.progress.epoch,
      epochs: view.progress.epochs,
      rows_per_second: view.progress.rowsPerSecond,
      train_elbo: view.progress.trainElbo,
      validation_elbo: view.progress.validationElbo,
      seconds_left: view.progress.secondsLeft,
      runtime: view.progress.runtime,
      pid: view.progress.pid,
    },
    result: view.result && {
      outcome: view.result.outcome,
      step: view.result.step,
      validation_elbo: view.result.validationElbo,
      comparison: view.result.comparison ?? null,
    },
    warnings: view.payload.warnings ?? [],
  }),
  evaluate: (view) => ({
    id: view.id,
    type: 'evaluate',
    ...presentFacts(view),
    progress: view.progress && {
      measure: view.progress.measure,
      rows_done: view.progress.rowsDone,
      rows: view.progress.rows,
      seconds_left: view.progress.secondsLeft,
      runtime: view.progress.runtime,
      pid: view.progress.pid,
    },
    result: view.result,
  }),
  apply: (view) => ({
    id: view.id,
    type: view.payload.task.type,
    ...presentFacts(view),
    progress: view.progress && {
      rows_done: view.progress.rowsDone,
      rows: view.progress.rows,
      rows_per_second: view.progress.rowsPerSecond,
      seconds_left: view.progress.secondsLeft,
    },
    result: view.result && presentResult(view.result),
  }),
};

function presentResult(result: ApplyResult): TaskJob['result'] {
  if (result.outcome === 'cancelled') return result;
  const { outcome, step, rows, badRows, bytes, datasetId } = result;
  return { outcome, step, rows, bad_rows: badRows, bytes, dataset_id: datasetId };
}

export const presentJob = (view: JobView): Job => present(view);

function present<Name extends TrackedName>(view: JobViewOf<Name>): Shown[Name] {
  return PRESENTATIONS[view.name](view);
}

/** What all jobs have in common. */
function presentFacts(view: JobView) {
  return {
    state: view.state,
    model_id: view.payload.modelId,
    dataset_id: view.payload.datasetId,
    created_at: new Date(view.createdAt).toISOString(),
    started_at: presentTime(view.startedAt),
    finished_at: presentTime(view.finishedAt),
    attempts: view.attempts,
    error: view.error === null ? null : presentFailure(view.error),
  };
}

function presentTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

function presentFailure(error: NonNullable<JobView['error']>): NonNullable<Job['error']> {
  const problems = error.problems.map(({ pointer, detail }) => ({ pointer, detail }));
  return { code: error.code, message: error.message, problems };
}
