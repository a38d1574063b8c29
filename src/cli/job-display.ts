import type { Job } from '../api/jobs/schemas.ts';
import type { Environment } from '../config.ts';
import { createProgress, type RowWord } from './progress.ts';
import type { Output } from './terminal.ts';

/** Shows a job's progress: rewrites one line on a terminal, otherwise prints a line per quarter. */
export interface JobDisplay {
  show(name: string, job: Job): void;
  /** Removes the live line. Safe to call twice. */
  clear(): void;
}

const PARTS = 4;

export function createJobDisplay(output: Output, environment: Environment, word?: RowWord): JobDisplay {
  const progress = createProgress(output, environment, word);
  let [shown, parts] = ['', 0];
  return {
    show: (name, job) => {
      if (shown !== name) output.write(`${name} ...\n`);
      if (shown !== name) [shown, parts] = [name, 0];
      if (!progress.live) parts = tellQuarter(shareDone(job), parts);
      else if (job.type === 'train') progress.update(job.progress);
    },
    clear: () => {
      progress.clear();
    },
  };

  function tellQuarter(share: number, before: number): number {
    const now = Math.floor(PARTS * share);
    if (now > before && now < PARTS) output.write(`  ${(now * 100) / PARTS}%\n`);
    return Math.max(now, before);
  }
}

function shareDone(job: Job): number {
  if (!job.progress) return 0;
  return job.type === 'train'
    ? job.progress.step / job.progress.total_steps
    : job.progress.rows_done / job.progress.rows;
}
