import { DELIMITERS, type Delimiter } from '../file.ts';
import { isTyped } from './csv-header.ts';
import { CsvTokenizer } from './csv-tokenizer.ts';

const COMPARED_ROWS = 100;

interface Fit {
  /** Share of the rows that have the commonest number of cells. */
  readonly alike: number;
  /** Share of the cells of these rows that are typed. */
  readonly typed: number;
  readonly width: number;
}

/**
 * What separates the cells of a CSV file, judged by its first rows: what gives the most rows one width of 2 or more; if
 * several do (1,5;2,5), what gives the largest share of numbers and dates; then the most columns. A comma if there is
 * one column.
 */
export function detectDelimiter(sample: string, isWhole: boolean): Delimiter {
  let best: { readonly delimiter: Delimiter; readonly fit: Fit } | null = null;
  for (const delimiter of DELIMITERS) {
    const fit = measureFit(sampleRows(sample, isWhole, delimiter));
    if (fit.width > 1 && (best === null || isBetter(fit, best.fit))) best = { delimiter, fit };
  }
  return best?.delimiter ?? ',';
}

function isBetter(fit: Fit, other: Fit): boolean {
  if (fit.alike !== other.alike) return fit.alike > other.alike;
  return fit.typed === other.typed ? fit.width > other.width : fit.typed > other.typed;
}

function sampleRows(sample: string, isWhole: boolean, delimiter: Delimiter): string[][] {
  const rows: string[][] = [];
  const tokenizer = new CsvTokenizer(delimiter, (cells) => {
    if (rows.length < COMPARED_ROWS && cells.join('').trim() !== '') rows.push(cells);
  });
  tokenizer.push(sample);
  if (isWhole || rows.length === 0) tokenizer.end();
  return rows;
}

function measureFit(rows: readonly string[][]): Fit {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [[width, alike]] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0]).concat([[0, 0]]) as [
    [number, number],
  ];
  const cells = rows.filter(({ length }) => length === width).flat();
  const typed = cells.filter(isTyped).length;
  return { alike: alike / rows.length, typed: typed / cells.length, width };
}
