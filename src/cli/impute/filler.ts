import type { ImputeAnswer } from '../../api/impute/schemas.ts';
import type { ModelDetails } from '../../api/models/schemas.ts';
import { createCellReader } from '../../model/dataset.ts';
import { listFeatures, type Cell, type TableSchema } from '../../model/table.ts';
import type { Client } from '../client.ts';
import { createAsk } from '../rows/ask.ts';
import type { RowOutcome } from '../rows/outcome.ts';
import type { AskRows, NamedRow } from '../rows/requests.ts';

/** What fills the gaps of a row: nothing if it has none. */
export interface Filling {
  /** By column. */
  readonly filled: ReadonlyMap<string, Cell>;
}

const NOTHING: Filling = { filled: new Map() };

/**
 * Fills gaps of rows with a model of a running service. Rows are read here as the service reads them, so that it is asked only about
 * those with gaps. Samples: draws of z per row; null leaves it to the service.
 */
export function createFiller(
  client: Pick<Client, 'postJson'>,
  model: Pick<ModelDetails, 'id' | 'model'>,
  table: TableSchema,
  samples: number | null,
): AskRows<Filling> {
  const order = { model_id: model.id, ...(samples === null ? {} : { samples }) };
  const fill = createAsk<ImputeAnswer, Filling>(client, '/impute', order, readFilling);
  const read = createCellReader(table, model.model.likelihood);
  const features = new Float32Array(listFeatures(table).length);
  const look = (row: NamedRow): RowOutcome<Filling> | null => {
    const problems = read(
      table.columns.map(({ name }) => row[name] ?? null),
      features,
    );
    if (problems.length > 0) return { problems };
    return features.some(Number.isNaN) ? null : NOTHING;
  };
  return async (rows) => {
    const known = rows.map(look);
    const open = rows.filter((_, i) => known[i] === null);
    const answered = open.length === 0 ? [] : await fill(open);
    let next = 0;
    return known.map((outcome) => outcome ?? answered[next++] ?? NOTHING);
  };
}

function readFilling({ columns = [], data, cells }: ImputeAnswer, row: number): Filling | null {
  const [values, imputed] = [data[row] ?? null, cells?.[row] ?? null];
  if (values === null || imputed === null) return null;
  const filled = imputed.flatMap(({ column }) => {
    const cell = values[columns.indexOf(column)] ?? null;
    return cell === null ? [] : [[column, cell] as const];
  });
  return { filled: new Map(filled) };
}
