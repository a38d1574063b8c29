import { AppError } from '../../errors.ts';
import {
  createRowEncoder,
  createTableDetector,
  listFeatures,
  type Detection,
  type TableSchema,
} from '../../model/table.ts';
import type { DatasetUpload } from '../datasets.ts';
import type { StoreDriver } from '../driver.ts';
import type { OpenedFile, CellBatch, TableFile } from '../formats/file.ts';
import { encodeBatches } from './encode-batches.ts';
import { keepIds, keepLabels, type CellKeeper } from './cell-keepers.ts';
import { findLabelColumn, listIdColumns } from '../kept-cells.ts';
import type { IngestOrder } from './order.ts';
import type { IngestRows } from './rows.ts';
import { createSettingProblem, refuseTestRows } from './settings.ts';

/**
 * Reads a table in two passes: the first finds the roles of its columns, the second makes features of its cells. Errors:
 * data_invalid with every problem of the file, validation_failed for roles of columns that it does not have.
 */
export async function readTable(
  driver: StoreDriver,
  { id, upload }: IngestOrder,
  first: TableFile,
  reopen: () => Promise<OpenedFile>,
): Promise<IngestRows> {
  const { format, header } = first;
  checkRoles(upload, first);
  const detection = await findRoles(upload, first, reopen);
  const { schema } = detection;
  const features = listFeatures(schema);
  const file = asTable(await reopen());
  const kept = keepCells(driver, id, schema);
  return {
    format,
    header,
    rowShape: [features.length],
    dataSize: features.length,
    dtype: 'float32',
    table: schema,
    names: features.map(({ name }) => name),
    pieces: encodeBatches(file, {
      encode: createRowEncoder(schema),
      width: features.length,
      names: schema.columns.map(({ name }) => name),
      keep: ({ rows }: CellBatch) => inTurn(kept, (cells) => cells.add(rows)),
      finish: async () => {
        checkDetection(detection);
        await inTurn(kept, (cells) => cells.finish());
      },
    }),
    close: async () => {
      await inTurn(kept, (cells) => cells.abort());
      await file.close();
    },
  };
}

/** Reads the file once, or twice if test rows have to be found first. */
async function findRoles(
  upload: DatasetUpload,
  first: TableFile,
  reopen: () => Promise<OpenedFile>,
): Promise<Detection> {
  const { testRows = 0 } = upload;
  const rowLimit = testRows === 0 ? Infinity : await countOtherRows(first, testRows);
  const file = testRows === 0 ? first : asTable(await reopen());
  try {
    return await detectRoles(file, upload, rowLimit);
  } finally {
    await first.close();
    await file.close();
  }
}

function asTable(file: OpenedFile): TableFile {
  if (file.kind === 'table') return file;
  throw new Error('An upload changed while it was read.');
}

/** Roles do not depend on test rows, which are the last ones. */
async function detectRoles(
  file: TableFile,
  { columns = {}, missing }: DatasetUpload,
  rowLimit: number,
): Promise<Detection> {
  const detector = createTableDetector({
    names: file.names,
    overrides: columns,
    ...(missing !== undefined && { missingMarks: missing }),
  });
  let left = rowLimit;
  for await (const { rows } of file.batches) {
    const counted = left >= rows.length ? rows : rows.slice(0, left);
    for (const cells of counted) detector.add(cells);
    left -= counted.length;
  }
  const detection = detector.finish();
  // A file with other problems is read again to list them all.
  if (file.problems.count === 0 && listFeatures(detection.schema).length === 0) {
    throw refuseUnmodelled(detection.schema);
  }
  return detection;
}

/** Number of rows that are not test rows. Errors: validation_failed if there are none. */
async function countOtherRows(file: TableFile, testRows: number): Promise<number> {
  let count = 0;
  for await (const { rows } of file.batches) count += rows.length;
  if (count > testRows || file.problems.count > 0) return Math.max(1, count - testRows);
  throw refuseTestRows(count);
}

function checkRoles({ columns = {} }: DatasetUpload, { names, width }: TableFile): void {
  const known = names ?? Array.from({ length: width }, (_, i) => `column_${i + 1}`);
  const unknown = Object.keys(columns).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const listed = known.slice(0, 20).map((name) => JSON.stringify(name));
  const detail = `no column of the file; allowed: ${listed.join(', ')}${known.length > 20 ? ', ...' : ''}`;
  throw createSettingProblem(`columns/${unknown.replaceAll('~', '~0').replaceAll('/', '~1')}`, detail);
}

/** Problems that the second pass does not find again. */
function checkDetection({ problems }: Detection): void {
  const [first] = problems;
  if (first === undefined) return;
  const { column: where, found, allowed } = first;
  const listed = problems.map((problem) => ({
    pointer: `column ${problem.column}`,
    detail: `found ${problem.found} (${problem.count} times); allowed: ${problem.allowed}`,
  }));
  throw AppError.of('data_invalid', { where: `column ${where}`, found, allowed }, { problems: listed });
}

function refuseUnmodelled({ columns }: TableSchema): AppError {
  const found = columns.slice(0, 20).map(({ name, role, reason }) => `${name} (${role}: ${reason})`);
  return AppError.of('data_invalid', {
    where: 'the columns',
    found: `none that can be modelled: ${found.join(', ')}`,
    allowed:
      'at least one column of numbers, words, flags or dates; columns={"name":"category"} chooses a role',
  });
}

function keepCells(driver: StoreDriver, id: string, schema: TableSchema): CellKeeper[] {
  const ids = listIdColumns(schema);
  const label = findLabelColumn(schema);
  return [
    ...(ids.length > 0 ? [keepIds(driver, id, ids)] : []),
    ...(label >= 0 ? [keepLabels(driver, id, schema, label)] : []),
  ];
}

async function inTurn(
  kept: readonly CellKeeper[],
  work: (cells: CellKeeper) => Promise<void>,
): Promise<void> {
  for (const cells of kept) await work(cells);
}
