import { parseTime } from '../../model/table/datetimes.ts';
import { readNumber } from '../../model/table/numbers.ts';
import type { Cell, TableColumn, TableSchema } from '../../model/table.ts';
import { escapeControls } from '../terminal.ts';
import type { ColumnVerdict, Expected } from './verdict.ts';

const LONGEST_WORD = 40;
const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?$/;
/** Whole numbers from here on get thousands separators: years do not. */
const GROUPED_FROM = 10_000;
/** Words that are less likely are not worth a mention. */
const LEAST_PROBABILITY = 0.05;
const MOST_WORDS = 3;
const LEAST_PART_PROBABILITY = 0.3;

/** Columns with a smaller share of a row's strangeness are not named as a reason. */
const LEAST_SHARE = 0.2;
const MOST_REASONS = 3;
const USUAL_PROBABILITY = 0.1;

/** The reasons why a row is strange: `energy_kwh is 55, where 29 (26 to 33) would be expected; ...` */
export function explainStrangeness(
  columns: readonly ColumnVerdict[],
  readCell: (column: string) => Cell,
  schema: TableSchema,
): string {
  const find = (name: string) => schema.columns.find((column) => column.name === name);
  const explain = ({ column, expected }: ColumnVerdict): string => {
    const what = `${escapeControls(column)} is ${formatValue(readCell(column))}`;
    return expected === null ? what : `${what}, where ${describeExpected(expected)} would be expected`;
  };
  const reasons = columns
    .filter(
      ({ column, expected }) => expected === null || !isExpected(readCell(column), expected, find(column)),
    )
    .filter(({ share }, i) => share >= LEAST_SHARE || (i === 0 && share > 0))
    .slice(0, MOST_REASONS)
    .map(explain);
  const [first] = columns;
  if (reasons.length > 0) return reasons.join('; ');
  return first === undefined || first.share === 0
    ? 'no value stands out'
    : `no value stands out; the least usual: ${explain(first)}`;
}

/** Whether a value is no news: a number in the 90 % interval, or a word that has a tenth of the probability. */
function isExpected(cell: Cell, expected: Expected, column: TableColumn | undefined): boolean {
  if (cell === null) return true;
  if (expected.kind === 'words') {
    return expected.words.some(
      ({ word, probability }) => probability >= USUAL_PROBABILITY && String(word) === String(cell).trim(),
    );
  }
  if (describeParts(expected).length > 0) return false;
  const [low = NaN, value = NaN, high = NaN] = [expected.low, cell, expected.high].map((one) =>
    toComparable(one, column),
  );
  return low <= value && value <= high;
}

/** A number or time for comparisons, read as the column writes it; NaN for any other cell. */
function toComparable(cell: Cell, column: TableColumn | undefined): number {
  if (typeof cell === 'number') return cell;
  if (typeof cell !== 'string') return NaN;
  if (column?.role === 'datetime') return parseTime(cell, column.order)?.seconds ?? NaN;
  const decimal = column !== undefined && 'format' in column ? column.format.decimal : '.';
  return readNumber(cell, decimal)?.value ?? NaN;
}

/** In a sentence: `29 (26 to 33)` or `"mini" (82 %) or "midi" (15 %)`. */
function describeExpected(expected: Expected): string {
  if (expected.kind === 'interval')
    return [formatInterval(expected), ...describeParts(expected)].join(' on ');
  const words = likeliest(expected).map(
    ({ word, probability }) => `${formatValue(word)} (${formatPercent(probability)})`,
  );
  const last = words.pop() ?? 'another value';
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`;
}

/** In a cell: `29 (26 to 33)` or `mini 82 %, midi 15 %`; numbers as they are. */
export function toExpectedCell(expected: Expected, write: (cell: Cell) => string): string {
  if (expected.kind === 'interval') {
    const { median, low, high } = expected;
    return `${write(median)} (${write(low)} to ${write(high)})`;
  }
  return likeliest(expected)
    .map(({ word, probability }) => `${write(word)} ${formatPercent(probability)}`)
    .join(', ');
}

function likeliest({ words }: Extract<Expected, { kind: 'words' }>) {
  return words
    .filter(({ probability }, i) => i === 0 || probability >= LEAST_PROBABILITY)
    .slice(0, MOST_WORDS);
}

/** Weekday, hour and month, if one of them is likely: not every date has a usual one. */
const describeParts = ({ parts }: Extract<Expected, { kind: 'interval' }>): string[] => {
  const likely = parts.filter(({ probability }) => probability >= LEAST_PART_PROBABILITY);
  const texts = likely.map(
    ({ part, word, probability }) => `${part} ${String(word)} (${formatPercent(probability)})`,
  );
  return texts.length === 0 ? [] : [texts.join(', ')];
};

const formatInterval = ({ median, low, high }: Extract<Expected, { kind: 'interval' }>): string =>
  low === high ? formatValue(median) : `${formatValue(median)} (${formatValue(low)} to ${formatValue(high)})`;

function formatPercent(probability: number): string {
  if (probability > 0 && probability < 0.005) return '< 1 %';
  return `${Math.round(100 * probability)} %`;
}

/** A cell for people: words in quotes and shortened, large numbers with thousands separators. */
export function formatValue(cell: Cell): string {
  if (cell === null) return 'missing';
  if (typeof cell === 'boolean') return String(cell);
  if (typeof cell === 'number') return formatNumber(cell, String(cell));
  const text = cell.trim();
  if (text === '') return 'empty';
  if (PLAIN_NUMBER.test(text)) return formatNumber(Number(text), text);
  if (readNumber(text, '.') !== null || readNumber(text, ',') !== null) return text;
  if (/^\d/.test(text) && !/\s/.test(text)) return escapeControls(shorten(text));
  return `"${escapeControls(shorten(text))}"`;
}

function formatNumber(value: number, text: string): string {
  const isWhole = Number.isInteger(value);
  if (isWhole && Math.abs(value) >= GROUPED_FROM) return value.toLocaleString('en-US');
  if (isWhole || Math.abs(value) < GROUPED_FROM)
    return text.length <= 8 ? text : String(Number(value.toPrecision(6)));
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

export const shorten = (text: string, longest: number = LONGEST_WORD): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).trimEnd()}\u2026`;
