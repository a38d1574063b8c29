import type { Cell, TableSchema } from '../../model/table.ts';
import { describeProblems, isRead } from '../rows/outcome.ts';
import type { RowWithOutcome } from '../rows/requests.ts';
import type { Verdict } from '../score/verdict.ts';
import { explainStrangeness, formatValue } from '../score/words.ts';
import { wrapText } from '../format.ts';
import { escapeControls } from '../terminal.ts';
import { LINE } from './page.ts';

const SHOWN = 10;

export interface StrangeRow {
  /** From 0, without a header. */
  readonly position: number;
  readonly number: number;
  readonly cells: readonly Cell[];
  readonly verdict: Verdict;
}

/** What was seen of all scored rows. */
export interface Summary {
  readonly rows: number;
  readonly scored: number;
  /** Positions of the rows that are flagged. */
  readonly flagged: ReadonlySet<number>;
  /** By descending score, at most ten. */
  readonly strangest: readonly StrangeRow[];
  /** The first problem of some rows that could not be scored. */
  readonly problems: readonly string[];
}

/** Counts rows and keeps the strangest, whatever their number. */
export class Tally {
  #rows = 0;
  #scored = 0;
  readonly #flagged = new Set<number>();
  #strangest: StrangeRow[] = [];
  readonly #problems: string[] = [];

  get rows(): number {
    return this.#rows;
  }

  add({ number, cells, outcome }: RowWithOutcome<Verdict>): void {
    const position = this.#rows++;
    if (!isRead(outcome)) {
      if (this.#problems.length < SHOWN) this.#problems.push(describeProblems(number, outcome.problems));
      return;
    }
    this.#scored += 1;
    if (outcome.flagged === true) this.#flagged.add(position);
    if (this.#strangest.length === SHOWN && outcome.score <= (this.#strangest.at(-1)?.verdict.score ?? NaN))
      return;
    const kept = [...this.#strangest, { position, number, cells, verdict: outcome }];
    this.#strangest = kept.sort((a, b) => b.verdict.score - a.verdict.score).slice(0, SHOWN);
  }

  finish(): Summary {
    return {
      rows: this.#rows,
      scored: this.#scored,
      flagged: this.#flagged,
      strangest: this.#strangest,
      problems: this.#problems,
    };
  }
}

/** The strangest rows, each with its reason on a line of its own. */
export function describeStrangest({ strangest }: Summary, schema: TableSchema): string {
  const marks = schema.columns.flatMap(({ role }, index) =>
    role === 'id' || role === 'text' ? [{ index, weight: role === 'id' ? 0 : 1 }] : [],
  );
  const mark = marks.sort((a, b) => a.weight - b.weight)[0]?.index;
  return strangest
    .map(({ number, cells, verdict }, i) => {
      const name = schema.columns[mark ?? -1]?.name;
      const who =
        name === undefined || mark === undefined
          ? ''
          : ` (${escapeControls(name)} ${formatValue(cells[mark] ?? null)})`;
      const readCell = (column: string): Cell =>
        cells[schema.columns.findIndex((own) => own.name === column)] ?? null;
      return [
        `${String(i + 1).padStart(3)}. row ${number}${who}: ${describeVerdict(verdict)}`,
        wrapText(explainStrangeness(verdict.columns, readCell, schema), LINE, '     '),
      ].join('\n');
    })
    .join('\n');
}

function describeVerdict({ score, pValue, flagged }: Verdict): string {
  const rarity = pValue === null ? '' : `, p-value ${formatPValue(pValue)}`;
  return `score ${score.toFixed(1)}${rarity}${flagged === true ? ', flagged' : ''}`;
}

const formatPValue = (value: number): string => String(Number(value.toPrecision(2)));
