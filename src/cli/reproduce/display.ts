import type { Job } from '../../api/schemas/jobs.ts';
import type { Environment } from '../host.ts';
import { createProgress, type Output } from '../progress.ts';

/** Where a job is: one line rewritten on a terminal, elsewhere a line for each tenth. */
export interface JobDisplay {
  show(name: string, job: Job): void;
  /** Takes the live line away. Safe to call twice. */
  clear(): void;
}

export function createJobDisplay(output: Output, environment: Environment): JobDisplay {
  const progress = createProgress(output, environment);
  let [shown, tenths] = ['', 0];
  return {
    show: (name, job) => {
      if (shown !== name) output.write(`${name} ...\n`);
      if (shown !== name) [shown, tenths] = [name, 0];
      if (progress.live) progress.update(job.progress);
      else tenths = told(job, tenths);
    },
    clear: () => {
      progress.clear();
    },
  };

  function told({ progress }: Job, before: number): number {
    if (!progress) return before;
    const now = Math.floor((10 * progress.step) / progress.total_steps);
    if (now > before && now < 10) output.write(`  ${now * 10}%\n`);
    return Math.max(now, before);
  }
}
