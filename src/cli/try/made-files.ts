import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelDetails } from '../../api/models/schemas.ts';
import { isModelled, type TableSchema } from '../../model/table.ts';
import { formatCount } from '../format.ts';
import { createFiller } from '../impute/filler.ts';
import { fillRows } from '../impute/impute.ts';
import { isRead } from '../rows/outcome.ts';
import { writeMadeRows } from '../rows/row-command.ts';
import { openRowFile } from '../rows/made-rows.ts';
import { drawRows } from '../sample/draws.ts';
import { sampleRows } from '../sample/sample.ts';
import type { TrySession } from './session.ts';
import type { Written } from './written.ts';

const SAMPLES = 1000;

/** Writes the rows of the file that had missing values, filled in. Without such rows it says so and writes none. */
export async function fillFile(
  session: TrySession,
  model: ModelDetails,
  table: TableSchema,
): Promise<Written[]> {
  const { options, client, signal, counter, say } = session;
  const path = join(options.output, 'imputed.csv');
  let [read, filled, cells] = [0, 0, 0];
  if (table.columns.some(({ role, missing }) => isModelled(role) && missing > 0)) {
    const file = await openRowFile(options.file, model, options.encoding, signal);
    const ask = createFiller(client, model, file.table, null);
    const source = fillRows(file, model, ask, { onlyFilled: true, limit: options.rows });
    try {
      await writeMadeRows(source, { path, format: 'csv' }, signal, ({ answered }) => {
        read += answered.length;
        for (const { outcome } of answered) {
          if (!isRead(outcome) || outcome.filled.size === 0) continue;
          filled += 1;
          cells += outcome.filled.size;
        }
        counter.show(`looked for missing values in ${formatCount(read)} rows`);
      });
    } finally {
      counter.clear();
    }
  }
  if (filled === 0) {
    await rm(path, { force: true });
    say('No value is missing in the columns that the model uses, so nothing was filled in.\n');
    return [];
  }
  const [values, rows] = [count(cells, 'missing value'), count(filled, 'row')];
  return [{ path, what: `${rows} of yours with ${values} filled in` }];
}

/** Writes rows that the model makes up, as the file would have them. */
export async function writeSampleFile(
  { options, client, signal }: TrySession,
  model: ModelDetails,
  delimiter: string,
): Promise<Written> {
  const draws = drawRows(client, model, { count: SAMPLES, seed: 0, given: null });
  const path = join(options.output, 'samples.csv');
  await writeMadeRows(sampleRows(model, draws, delimiter), { path, format: 'csv' }, signal, () => undefined);
  return { path, what: `${count(SAMPLES, 'row')} that the model made up` };
}

const count = (number: number, noun: string): string =>
  `${formatCount(number)} ${noun}${number === 1 ? '' : 's'}`;
