import { ExpectedValues, LIKELIEST } from '../../model/scoring/expected.ts';
import type { Columns } from '../../model/scoring/leave-one-out.ts';
import type { Detail } from '../../model/scoring/proposals.ts';
import { isShared, oneHotGroups, type ColumnSpec, type LikelihoodSpec } from '../../model/specification.ts';
import type { Cube, Matrix } from '../../queue/arrays.ts';
import { createMatrix, type Collector } from './collect-scores.ts';

type OfTable = Collector<'low' | 'median' | 'high' | 'codes' | 'code_probabilities'>;
type OfArrays = Collector<'mean'>;

const NONE = new Float32Array();

/** What expected values are computed from. */
export const chooseDetail = (likelihood: LikelihoodSpec): Detail =>
  isShared(likelihood) ? 'means' : 'outputs';

/** What would have been expected in each column: quantiles and likeliest codes for tables, otherwise means. */
export const collectExpected = (
  rows: Matrix,
  columns: Columns,
  likelihood: LikelihoodSpec,
): OfTable | OfArrays =>
  isShared(likelihood) ? collectMeans(rows, likelihood) : collectQuantiles(rows, columns, likelihood.columns);

/** [rows, features], and for codes [rows, features, {@link LIKELIEST}]. */
function collectQuantiles(
  { shape: [count] }: Matrix,
  columns: Columns,
  specs: readonly ColumnSpec[],
): OfTable {
  const arrays = createExpectedArrays(count, specs);
  return {
    add: ({ row, leaveOneOut, details: { outputs } }) => {
      columns.forEach((features, column) => {
        const weights = leaveOneOut.weights(column);
        for (const feature of features) arrays.describe(row, feature, outputs, weights);
      });
    },
    finish: arrays.finish,
  };
}

/** What is expected of features of a table: NaN for those that are never described. */
export function createExpectedArrays(count: number, specs: readonly ColumnSpec[]) {
  const values = new ExpectedValues(specs);
  const create = () => createMatrix(count, specs.length);
  const [low, median, high] = [create(), create(), create()];
  const createList = (): Cube => ({
    shape: [count, specs.length, LIKELIEST],
    data: new Float32Array(count * specs.length * LIKELIEST).fill(NaN),
  });
  const [codes, probabilities] = [createList(), createList()];
  return {
    /** From the decoder's outputs of weighted draws. */
    describe(row: number, feature: number, outputs: Float32Array | undefined, weights: Float64Array): void {
      const at = row * specs.length + feature;
      const expected = values.describe(feature, outputs ?? NONE, weights);
      if (expected.kind === 'number') {
        low.data[at] = expected.low;
        median.data[at] = expected.median;
        high.data[at] = expected.high;
        return;
      }
      expected.codes.forEach(({ code, probability }, rank) => {
        codes.data[at * LIKELIEST + rank] = code;
        probabilities.data[at * LIKELIEST + rank] = probability;
      });
    },
    finish: () => ({ low, median, high, codes, code_probabilities: probabilities }),
  };
}

/** The mean of p(x_j|x without j) for every value, [rows, data_size]. */
function collectMeans({ shape: [count, size] }: Matrix, likelihood: LikelihoodSpec): OfArrays {
  const mean = createMatrix(count, size);
  const terms = findTerms(likelihood, size);
  return {
    add: ({ row, leaveOneOut, details: { means = NONE } }) => {
      let term = -1;
      let weights: Float64Array = new Float64Array();
      for (let element = 0; element < size; element++) {
        const own = terms[element] ?? element;
        if (own !== term) [term, weights] = [own, leaveOneOut.weights(own)];
        let sum = 0;
        for (let draw = 0; draw < weights.length; draw++) {
          sum += (weights[draw] ?? 0) * (means[draw * size + element] ?? NaN);
        }
        mean.data[row * size + element] = sum;
      }
    },
    finish: () => ({ mean }),
  };
}

/** The term of the likelihood that each value belongs to: its own, or that of its one-hot group. */
function findTerms(likelihood: LikelihoodSpec, size: number): readonly number[] {
  const groups = oneHotGroups(likelihood);
  if (groups === null) return Array.from({ length: size }, (_, element) => element);
  return groups.flatMap((width, group) => new Array<number>(width).fill(group));
}
