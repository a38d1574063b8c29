import type { Cell } from '../file.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** A row of a JSON file, or what is there instead. */
export type ParsedRecord = { readonly record: JsonRecord } | { readonly found: string };

const LONG_NUMBER = /\d{16}/;
/** Texts and numbers; nothing else can contain digits. */
const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;
const INTEGER = /^-?\d+$/;
const TEXT_OR_NAN = /"[^"\\]*(?:\\.[^"\\]*)*"|\bNaN\b/gs;

/**
 * Parses objects, each from its own text. Whole numbers that lose digits as float64 become text; NaN, which Python writes, is null. All are
 * parsed at once if they can be, which is several times as fast.
 */
export function parseRecords(texts: readonly string[]): ParsedRecord[] {
  const values = parseTogether(texts);
  return values === null ? texts.map(parseRecord) : values.map(toParsed);
}

/** Null if one of them is wrong. */
function parseTogether(texts: readonly string[]): readonly unknown[] | null {
  try {
    const values = parseExactly(`[${texts.join(',')}]`);
    return Array.isArray(values) && values.length === texts.length ? (values as unknown[]) : null;
  } catch {
    return null;
  }
}

function parseRecord(text: string): ParsedRecord {
  try {
    return toParsed(parseExactly(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError)
      return { found: describeSyntax(text, error) };
    throw error;
  }
}

const toParsed = (value: unknown): ParsedRecord =>
  isRecord(value) ? { record: value } : { found: describeValue(value) };

const parseExactly = (text: string): unknown => parse(LONG_NUMBER.test(text) ? quoteLongNumbers(text) : text);

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!text.includes('NaN')) throw error;
    return JSON.parse(text.replace(TEXT_OR_NAN, (token) => (token === 'NaN' ? 'null' : token))) as unknown;
  }
}

const quoteLongNumbers = (text: string): string =>
  text.replace(TEXT_OR_NUMBER, (token) =>
    INTEGER.test(token) && String(Number(token)) !== token ? `"${token}"` : token,
  );

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const describeValue = (value: unknown): string =>
  Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;

const describeSyntax = (text: string, { message }: Error): string =>
  text === '' ? 'nothing' : `text that is no JSON (${message.slice(0, 120)})`;

/** The value of a key as a cell; objects and arrays as their JSON text. */
export function readJsonCell(record: JsonRecord, key: string): Cell {
  const value = record[key];
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  // Every object inherits some keys.
  return value === null || value === undefined || !Object.hasOwn(record, key) ? null : JSON.stringify(value);
}
