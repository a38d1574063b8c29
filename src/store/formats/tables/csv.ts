import { AppError } from '../../../errors.ts';
import { MAX_DATA_SIZE } from '../limits.ts';
import type { CellBatch } from '../file.ts';
import { describePlace } from '../file-problems.ts';
import { InvalidText } from '../text.ts';
import { detectDelimiter } from './csv-delimiter.ts';
import { CsvRows } from './csv-rows.ts';
import { CsvTokenizer } from './csv-tokenizer.ts';
import type { OpenTable, TableContext } from './table-format.ts';

/** Longest row in characters: MAX_DATA_SIZE values of 64. */
const MAX_ROW_CHARACTERS = MAX_DATA_SIZE * 64;
const SAMPLE_CHARACTERS = 32 * 1024;

/** CSV: cells as text, row by row, separated by commas, semicolons, tabs or pipes. */
export async function openCsv(texts: AsyncGenerator<string>, input: TableContext): Promise<OpenTable> {
  const { settings, problems } = input;
  const rows = new CsvRows(settings, problems);
  const sample = await takeSample(texts);
  const delimiter = settings.delimiter ?? detectDelimiter(sample.text, sample.isWhole);
  const tokenizer = new CsvTokenizer(delimiter, (cells, fault) => {
    rows.add(cells, fault);
  });
  const steps = readSteps(tokenizer, rows, input, prependText(sample.text, texts, sample.error));
  // The columns are known from the first row on.
  while (rows.width === 0 && (await steps.next()).done !== true);
  const { width, names, header } = rows;
  return { width, names, header, delimiter, batches: readBatches(steps, rows) };
}

interface Sample {
  readonly text: string;
  readonly isWhole: boolean;
  /** The invalid text after it. */
  readonly error: InvalidText | null;
}

async function takeSample(texts: AsyncGenerator<string>): Promise<Sample> {
  let text = '';
  try {
    while (text.length < SAMPLE_CHARACTERS) {
      const next = await texts.next();
      if (next.done === true) return { text, isWhole: true, error: null };
      text += next.value;
    }
  } catch (error) {
    if (error instanceof InvalidText) return { text, isWhole: true, error };
    throw error;
  }
  return { text, isWhole: false, error: null };
}

async function* prependText(
  text: string,
  texts: AsyncGenerator<string>,
  error: InvalidText | null,
): AsyncGenerator<string> {
  try {
    yield text;
    if (error !== null) throw error;
    yield* texts;
  } finally {
    await texts.return(undefined);
  }
}

/** Reads one piece of text a step. */
async function* readSteps(
  tokenizer: CsvTokenizer,
  rows: CsvRows,
  { guard }: TableContext,
  texts: AsyncIterable<string>,
): AsyncGenerator<undefined> {
  try {
    for await (const text of texts) {
      guard();
      tokenizer.push(text);
      if (tokenizer.pending > MAX_ROW_CHARACTERS) throw reportLongRow(rows.number + 1);
      yield;
    }
  } catch (error) {
    throw error instanceof InvalidText ? placeInvalidText(error, tokenizer, rows) : error;
  }
  tokenizer.end();
  rows.checkRows();
}

async function* readBatches(steps: AsyncGenerator<undefined>, rows: CsvRows): AsyncGenerator<CellBatch> {
  try {
    for (let isDone = false; !isDone;) {
      if (rows.batch.isFull) {
        const batch = rows.batch.take();
        if (batch !== null) yield batch;
      }
      isDone = (await steps.next()).done === true;
    }
    const last = rows.batch.take();
    if (last !== null) yield last;
  } finally {
    await steps.return(undefined);
  }
}

const reportLongRow = (row: number): AppError =>
  AppError.of('data_invalid', {
    where: `row ${row}`,
    found: `more than ${MAX_ROW_CHARACTERS} characters`,
    allowed: `rows of ${MAX_ROW_CHARACTERS} characters at most; is a quote not closed?`,
  });

/** The text up to the invalid place ends with an incomplete record, which tells row and column. */
function placeInvalidText(error: InvalidText, tokenizer: CsvTokenizer, rows: CsvRows): AppError {
  const column = tokenizer.countPendingCells() - 1;
  const where = describePlace({ row: rows.number + 1, column, name: rows.names?.[column] });
  return AppError.of('data_invalid', { where, found: error.found, allowed: error.allowed });
}
