/** One cell of a table as a file or a request holds it. Null is missing; dates are text; whole numbers beyond 2^53 are text. */
export type Cell = string | number | boolean | null;

/** Words that mean a missing value, in upper or lower case, besides an empty cell. */
export const DEFAULT_MISSING_MARKS: readonly string[] = [
  'NA',
  'N/A',
  '#N/A',
  'NaN',
  'null',
  'None',
  '?',
  '-',
  '\\N',
];

/** Creates the test of whether a text is missing: blank, or one of the marks. */
export function createMissingTest(marks: readonly string[]): (text: string) => boolean {
  const known = new Set(marks.map(toKey));
  const longest = Math.max(0, ...marks.map((mark) => mark.length));
  return (text) => {
    const trimmed = text.trim();
    return trimmed === '' || (trimmed.length <= longest && known.has(toKey(trimmed)));
  };
}

/** A cell for messages. */
export const describeCell = (cell: Cell): string =>
  typeof cell === 'string' ? JSON.stringify(cell.trim().slice(0, 40)) : String(cell);

const toKey = (mark: string): string => mark.trim().toLowerCase();

/** Longer parts of a text share its memory. */
const SHARED_LENGTH = 12;

/** A text of its own: a cell may be a part of the text of many rows, which would stay in memory with it. */
export const copyText = (text: string): string =>
  text.length > SHARED_LENGTH ? Buffer.from(text, 'utf16le').toString('utf16le') : text;
