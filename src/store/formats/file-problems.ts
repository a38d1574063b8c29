import { AppError, type Problem } from '../../errors.ts';

/** What can be wrong at a place of a file whose other places can still be read. */
export const FILE_PROBLEM_KINDS = ['header', 'row', 'cell', 'entry'] as const;
export type FileProblemKind = (typeof FILE_PROBLEM_KINDS)[number];

export interface FilePlace {
  /** From 1. */
  readonly row?: number;
  /** From 0, as in arrays of cells; shown from 1. */
  readonly column?: number;
  /** The column's name, or the name of a file in a ZIP file. */
  readonly name?: string | undefined;
}

export interface FileProblem extends FilePlace {
  readonly kind: FileProblemKind;
  /** What is there, as shown to people: quote and shorten it. */
  readonly found: string;
  readonly allowed: string;
}

/** Problems of one kind in one column. */
interface Group {
  readonly first: FileProblem;
  readonly places: FilePlace[];
  count: number;
}

const SHOWN_PLACES = 5;
const MOST_GROUPS = 100;

/** Collects every problem of a file: counts by kind and column, and the first places of each. Its size is bounded. */
export class FileProblems {
  readonly #groups = new Map<string, Group>();
  #count = 0;

  /** Number of all problems. */
  get count(): number {
    return this.#count;
  }

  add(problem: FileProblem): void {
    this.#count += 1;
    const key = `${problem.kind} ${problem.column ?? ''} ${problem.allowed}`;
    const group = this.#groups.get(key);
    if (group !== undefined) {
      group.count += 1;
      if (group.places.length < SHOWN_PLACES) group.places.push(problem);
    } else if (this.#groups.size < MOST_GROUPS) {
      this.#groups.set(key, { first: problem, places: [problem], count: 1 });
    }
  }

  /** One entry for each kind and column: its first place, what is there, and how often and where else. */
  list(): Problem[] {
    const groups = [...this.#groups.values()];
    const listed = groups.map(({ first, places, count }) => ({
      pointer: describePlace(first),
      detail: `found ${first.found}; allowed: ${first.allowed}${describeOthers(places.slice(1), count - 1)}`,
    }));
    const rest = this.#count - groups.reduce((sum, { count }) => sum + count, 0);
    return rest === 0 ? listed : [...listed, { pointer: 'elsewhere', detail: `${rest} problems more` }];
  }

  /** Errors: data_invalid with all problems, if there are any. */
  throwIfAny(): void {
    const [group] = this.#groups.values();
    if (group === undefined) return;
    const { found, allowed } = group.first;
    const values = { where: describePlace(group.first), found, allowed, more: this.#count - 1 };
    throw AppError.of('data_invalid', values, { problems: this.list() });
  }
}

/** A place for people: `row 3, column 2 (age)`. */
export function describePlace({ row, column, name }: FilePlace): string {
  if (column === undefined) {
    return [row === undefined ? [] : `row ${row}`, name ?? []].flat().join(', ') || 'the file';
  }
  const label = `column ${column + 1}${name === undefined ? '' : ` (${name})`}`;
  return row === undefined ? label : `row ${row}, ${label}`;
}

/** The places that are shown, and how many there are in all. */
function describeOthers(shown: readonly FilePlace[], count: number): string {
  if (count === 0) return '';
  const places = shown.map((place) => (place.row === undefined ? describePlace(place) : `row ${place.row}`));
  return `; ${count} more at ${places.join(', ')}${count > shown.length ? ', ...' : ''}`;
}
