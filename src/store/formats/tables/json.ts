import { AppError } from '../../../errors.ts';
import { isPerColumn } from '../../../model/dataset.ts';
import { describePlace } from '../file-problems.ts';
import type { Cell, CellBatch } from '../file.ts';
import { MAX_DATA_SIZE } from '../limits.ts';
import { InvalidText } from '../text.ts';
import { parseRecords, readJsonCell, type JsonRecord, type ParsedRecord } from './json-records.ts';
import type { CreateSplitter, Splitter } from './json-splitters.ts';
import { readNames } from './names.ts';
import { BatchBuilder, createRowCounter, type OpenTable, type TableContext } from './table-format.ts';

/** Longest text of one row. */
const MAX_ROW_CHARACTERS = 2 ** 22;
/** The columns are the keys of all rows that begin in so many characters; a key that is new after them is a problem. */
const KEY_CHARACTERS = 2 ** 26;

/** Rows of a file, or what is there instead, and their numbers. */
interface Records {
  readonly parsed: readonly ParsedRecord[];
  readonly numbers: readonly number[];
}

/**
 * Objects, one a line or in one array: each a row, its keys the columns, in the order in which they first appear. The file is
 * read twice, for the keys and for the rows.
 */
export async function openJson(
  readTexts: () => AsyncGenerator<string>,
  createSplitter: CreateSplitter,
  input: TableContext,
): Promise<OpenTable> {
  const keys = await collectKeys(readRecords(readTexts(), createSplitter, input, KEY_CHARACTERS));
  const names = readNames(keys, input.problems);
  return {
    width: keys.length,
    names: isPerColumn([keys.length]) ? names : null,
    header: null,
    batches: readBatches(readRecords(readTexts(), createSplitter, input, Infinity), keys, input),
  };
}

/** Errors: data_invalid if no row has a key, or if the first lines are those of one object. */
async function collectKeys(pieces: AsyncIterable<Records>): Promise<string[]> {
  const keys = new Set<string>();
  let rows = 0;
  let isNested = false;
  for await (const { parsed } of pieces) {
    for (const each of parsed) {
      rows += 1;
      if (!('record' in each)) continue;
      for (const key in each.record) keys.add(key);
      if (rows === 1)
        isNested = Object.values(each.record).some((value) => typeof value === 'object' && value !== null);
      if (keys.size > MAX_DATA_SIZE)
        throw AppError.of('too_large', { what: 'A row', limit: MAX_DATA_SIZE, unit: 'values' });
    }
  }
  if (rows === 1 && isNested) throw reportOneObject();
  if (keys.size === 0) throw invalid('row 1', rows === 0 ? 'no row' : 'no object with a key');
  return [...keys];
}

const invalid = (where: string, found: string): AppError =>
  AppError.of('data_invalid', {
    where,
    found,
    allowed: 'an array of objects, or one whole object on each line',
  });

export const reportOneObject = (): AppError => invalid('row 1', 'one object around everything');

/** All records that begin in the first `most` characters, piece by piece. */
async function* readRecords(
  texts: AsyncGenerator<string>,
  createSplitter: CreateSplitter,
  { guard }: TableContext,
  most: number,
): AsyncGenerator<Records> {
  let [found, numbers] = [[] as string[], [] as number[]];
  const splitter = createSplitter((text, number) => {
    found.push(text);
    numbers.push(number);
  });
  const take = (): Records => {
    const records = { parsed: parseRecords(found), numbers };
    [found, numbers] = [[], []];
    return records;
  };
  let characters = 0;
  try {
    for await (const text of texts) {
      guard();
      splitter.push(text);
      if (splitter.pending.length > MAX_ROW_CHARACTERS) throw reportLongRow(splitter.number + 1);
      yield take();
      characters += text.length;
      if (characters >= most) return;
    }
  } catch (error) {
    throw error instanceof InvalidText ? placeInvalidText(error, splitter) : error;
  }
  splitter.end();
  yield take();
}

const reportLongRow = (row: number): AppError =>
  AppError.of('data_invalid', {
    where: `row ${row}`,
    found: `more than ${MAX_ROW_CHARACTERS} characters`,
    allowed: `objects of ${MAX_ROW_CHARACTERS} characters at most`,
  });

const LAST_KEY = /"([^"\\]{1,200})"\s*:[^:]{0,1000}$/;

/** The column is the last key before the invalid place. */
function placeInvalidText({ found, allowed }: InvalidText, splitter: Splitter): AppError {
  const key = LAST_KEY.exec(splitter.pending.slice(-2000))?.[1];
  const where = describePlace({
    row: splitter.number + 1,
    name: key === undefined ? undefined : `column ${key}`,
  });
  return AppError.of('data_invalid', { where, found, allowed });
}

async function* readBatches(
  pieces: AsyncIterable<Records>,
  keys: readonly string[],
  { settings, problems }: TableContext,
): AsyncGenerator<CellBatch> {
  const batch = new BatchBuilder<readonly Cell[]>();
  const count = createRowCounter(settings);
  const known = new Set(keys);
  for await (const { parsed, numbers } of pieces) {
    parsed.forEach((each, i) => {
      count();
      const row = numbers[i] ?? 0;
      const unknown = 'record' in each ? findUnknown(each.record, known) : null;
      if (!('record' in each)) problems.add({ kind: 'row', row, found: each.found, allowed: 'an object' });
      else if (unknown !== null) problems.add({ kind: 'row', row, ...describeUnknown(unknown) });
      else
        batch.add(
          keys.map((key) => readJsonCell(each.record, key)),
          row,
        );
    });
    const taken = batch.isFull ? batch.take() : null;
    if (taken !== null) yield taken;
  }
  const last = batch.take();
  if (last !== null) yield last;
}

function findUnknown(record: JsonRecord, known: ReadonlySet<string>): string | null {
  for (const key in record) if (!known.has(key)) return key;
  return null;
}

const describeUnknown = (key: string) => ({
  found: `the new key ${JSON.stringify(key.slice(0, 80))}`,
  allowed: `keys that appear in the first ${KEY_CHARACTERS} characters; put a row with all keys first`,
});
