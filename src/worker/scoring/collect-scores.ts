import { countAtLeast, measureExcess, medianOf, type Calibration } from '../../model/scoring/calibration.ts';
import type { Columns } from '../../model/scoring/leave-one-out.ts';
import type { ScoredRow } from '../../model/scoring/score-rows.ts';
import { toIndices, type Matrix } from '../../queue/arrays.ts';
import type { Outputs } from '../../queue/operations.ts';
import { findSurprises } from './columns.ts';

type Output = Outputs['score'];

/** Takes scored rows one by one, and then has some arrays of the answer. */
export interface Collector<Name extends keyof Output> {
  readonly add: (scored: ScoredRow) => void;
  readonly finish: () => Pick<Output, Name>;
}

export function collectScores(
  count: number,
  calibration: Calibration | null,
): Collector<'score' | 'standard_error' | 'at_least' | 'calibration_rows'> {
  const sorted = calibration?.scores ?? new Float32Array();
  const [scores, errors] = [new Float32Array(count), new Float32Array(count)];
  return {
    add: ({ row, score, standardError }) => {
      scores[row] = score;
      errors[row] = standardError;
    },
    finish: () => ({
      score: { shape: [count], data: scores },
      standard_error: { shape: [count], data: errors },
      at_least: toIndices(Array.from(scores, (score) => countAtLeast(sorted, score))),
      calibration_rows: toIndices([sorted.length]),
    }),
  };
}

/** All [rows, columns]. */
export function collectColumns(
  rows: Matrix,
  columns: Columns,
  calibration: Calibration | null,
): Collector<'surprise' | 'excess' | 'column_at_least' | 'column_rows'> {
  const sorted = columns.map((_, column) => calibration?.surprises[column] ?? new Float32Array());
  const medians = sorted.map(medianOf);
  const create = () => createMatrix(rows.shape[0], columns.length);
  const [surprise, excess, atLeast] = [create(), create(), create()];
  return {
    add: (scored) => {
      const own = findSurprises(scored, rows, columns);
      const start = scored.row * columns.length;
      surprise.data.set(own, start);
      excess.data.set(measureExcess(own, medians), start);
      const counts = sorted.map((values, column) => countAtLeast(values, own[column] ?? NaN));
      atLeast.data.set(counts, start);
    },
    finish: () => ({
      surprise,
      excess,
      column_at_least: atLeast,
      column_rows: toIndices(sorted.map(({ length }) => length)),
    }),
  };
}

export function createMatrix(rows: number, columns: number): Matrix {
  return { shape: [rows, columns], data: new Float32Array(rows * columns).fill(NaN) };
}
