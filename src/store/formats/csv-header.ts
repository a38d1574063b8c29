import { columnName } from '../../model/dataset.ts';
import { LIKELIHOOD_LIMITS } from '../../model/specification.ts';
import { invalid, isBlank, isWord } from './csv-cells.ts';

/** JSON with this key is refused as an attempt to change a prototype. */
const UNSENDABLE = '__proto__';
const LONGEST = LIKELIHOOD_LIMITS.nameCharacters;

/** Whether the first row names the columns: as the client says; by default, if it has words and otherwise only empty cells. */
export function isHeader(cells: readonly string[], asked: boolean | undefined): boolean {
  return asked ?? (cells.some(isWord) && cells.every((cell) => isWord(cell) || isBlank(cell)));
}

/** Reads the names from a header; a column without a name gets one. Errors: data_invalid. */
export function readNames(header: readonly string[]): string[] {
  const names = header.map((cell, column) => cell.trim() || columnName(column));
  const known = new Map<string, number>();
  names.forEach((name, column) => {
    const where = `row 1, column ${column + 1}`;
    const before = known.get(name);
    if (name.length > LONGEST)
      throw invalid(where, `a name of ${name.length} characters`, `names of ${LONGEST} at most`);
    if (before !== undefined) {
      const found = `the name ${JSON.stringify(name)}, which column ${before + 1} has`;
      throw invalid(where, found, 'a unique name; header=false if the first row is data');
    }
    if (name === UNSENDABLE) {
      throw invalid(
        where,
        `the name ${UNSENDABLE}`,
        'another name: rows sent as JSON objects cannot have it',
      );
    }
    known.set(name, column);
  });
  return names;
}
