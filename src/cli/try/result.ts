import type { TrainJob } from '../../api/jobs/schemas.ts';
import type { FloorComparison } from '../../model/specification.ts';
import { formatCount, wrapText } from '../format.ts';
import { alignColumns } from './columns.ts';
import { formatNote, LINE } from './page.ts';

/** What the training achieved: the bound beside the floors, and what that means. Warnings that were told are left out. */
export function describeResult(job: TrainJob, told: readonly string[] = []): string {
  const comparison = job.result?.comparison ?? null;
  return [
    `Trained ${job.model_id}${describeEffort(job)}.`,
    '',
    ...(comparison === null
      ? ['There were too few rows to compare the model with anything.']
      : compare(comparison)),
    ...job.warnings.filter((warning) => !told.includes(warning)).map(formatNote),
    '',
  ].join('\n');
}

function describeEffort({ result, progress, started_at: start, finished_at: end }: TrainJob): string {
  const seconds = start === null || end === null ? NaN : (Date.parse(end) - Date.parse(start)) / 1000;
  const time = Number.isNaN(seconds) ? '' : ` in ${seconds.toFixed(1)} s`;
  const facts = [result && `${formatCount(result.step)} steps`, progress?.runtime].filter(
    (fact) => fact != null,
  );
  return facts.length === 0 ? time : `${time} (${facts.join(', ')})`;
}

type Estimate = FloorComparison['bound'];

function compare({ rows, bound, independent, probabilistic_pca: pca, summary }: FloorComparison): string[] {
  const line = (name: string, { mean, standard_error: error }: Estimate): string[] => [
    name,
    `${mean.toFixed(2)}${error === null ? '' : ` \u00b1 ${error.toFixed(2)}`}`,
  ];
  const lines = alignColumns([
    line('bound of the model', bound),
    line('floor: each column by itself', independent),
    ...(pca === null ? [] : [line('floor: probabilistic PCA', pca)]),
  ]);
  return [
    `Log probability of ${formatCount(rows)} validation rows, in nats per row (higher is better):`,
    ...lines.map((text) => `  ${text}`),
    '',
    wrapText(summary, LINE),
  ];
}
