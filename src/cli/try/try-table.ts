import type { ModelDetails } from '../../api/models/schemas.ts';
import { formatCount } from '../format.ts';
import { UsageError } from '../usage-error.ts';
import { describeColumns } from './columns.ts';
import { drawLatentSpace } from './latent-space.ts';
import { fillFile, writeSampleFile } from './made-files.ts';
import { formatNote } from './page.ts';
import { describeResult } from './result.ts';
import { describeScores, scoreFile } from './scores.ts';
import type { TrySession } from './session.ts';
import { trainTableOnce, uploadOnce } from './steps.ts';
import type { Written } from './written.ts';

/** The model that was trained, and what was written about it. */
export interface TryFindings {
  readonly modelId: string;
  readonly files: readonly Written[];
}

/** Uploads, trains, scores, fills in, makes rows up and draws; says what it finds on the way. */
export async function tryTable(session: TrySession): Promise<TryFindings> {
  const { say } = session;
  const dataset = await uploadOnce(session);
  const { table } = dataset;
  if (table === null) {
    throw new UsageError(
      'The file holds an array, not a table: docs/guide.md shows what can be done with images.',
    );
  }
  say(`\n${formatCount(dataset.rows)} rows, ${describeColumns(table)}`);
  for (const warning of dataset.warnings) say(formatNote(warning));
  const job = await trainTableOnce(session, dataset.id);
  say(describeResult(job, dataset.warnings));
  const { rows } = session.options;
  const which = rows < dataset.rows ? `the first ${formatCount(rows)} rows` : 'every row';
  say(`Scoring ${which} with POST /score ...\n`);
  const model = await session.client.getJson<ModelDetails>(`/models/${job.model_id}`);
  const scores = await scoreFile(session, model);
  say(describeScores(scores, table));
  const filled = await fillFile(session, model, table);
  const samples = await writeSampleFile(session, model, scores.delimiter);
  const picture = await drawLatentSpace(session, model, table, scores.summary);
  return { modelId: model.id, files: [scores.written, ...filled, samples, ...picture] };
}
