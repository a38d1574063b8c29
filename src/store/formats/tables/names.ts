import { columnName } from '../../../model/dataset.ts';
import { LIKELIHOOD_LIMITS } from '../../../model/specification.ts';
import type { FileProblems } from '../file-problems.ts';

/** JSON with this key is refused as an attempt to change a prototype. */
const UNSENDABLE = '__proto__';
const LONGEST = LIKELIHOOD_LIMITS.nameCharacters;

/** Names for the columns of a table as its file has them, cleared of spaces; a column without a name gets one. */
export function readNames(given: readonly string[], problems: FileProblems): string[] {
  const names = given.map((name, column) => name.trim() || columnName(column));
  const known = new Map<string, number>();
  names.forEach((name, column) => {
    const wrong = findFault(name, known.get(name));
    if (wrong !== null) problems.add({ kind: 'header', row: 1, column, ...wrong });
    else known.set(name, column);
  });
  return names;
}

function findFault(name: string, before: number | undefined): { found: string; allowed: string } | null {
  if (name.length > LONGEST) {
    return { found: `a name of ${name.length} characters`, allowed: `names of ${LONGEST} at most` };
  }
  if (name === UNSENDABLE) {
    return {
      found: `the name ${UNSENDABLE}`,
      allowed: 'another name: rows sent as JSON objects cannot have it',
    };
  }
  if (before === undefined) return null;
  const found = `the name ${JSON.stringify(name)}, which column ${before + 1} has`;
  return { found, allowed: 'a unique name; header=false if the first row is data' };
}
