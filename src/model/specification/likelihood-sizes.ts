import type {
  ColumnFamily,
  ColumnLikelihoodSpec,
  LikelihoodName,
  LikelihoodOf,
  LikelihoodSpec,
} from './likelihood.ts';

/** Widths that a likelihood gives the networks, and the parameters it learns beside theirs. */
export interface LikelihoodSizes {
  /** What the encoder sees. */
  readonly input: number;
  /** What the decoder gives. */
  readonly output: number;
  readonly extra: number;
}

type Sizes = {
  readonly [Name in LikelihoodName]: (spec: LikelihoodOf<Name>, dataSize: number) => LikelihoodSizes;
};
type ColumnSizes = {
  readonly [Family in ColumnFamily]: (
    spec: Extract<ColumnLikelihoodSpec, { family: Family }>,
  ) => Omit<LikelihoodSizes, 'extra'>;
};

const onePerElement = (_: unknown, dataSize: number): LikelihoodSizes => ({
  input: dataSize,
  output: dataSize,
  extra: 0,
});

const COLUMN_SIZES: ColumnSizes = {
  gaussian: () => ({ input: 1, output: 2 }),
  log_normal: () => ({ input: 1, output: 2 }),
  bernoulli: () => ({ input: 1, output: 1 }),
  poisson: () => ({ input: 1, output: 1 }),
  categorical: ({ categories }) => ({ input: categories, output: categories }),
};

const SIZES: Sizes = {
  bernoulli: onePerElement,
  continuous_bernoulli: onePerElement,
  gaussian: ({ variance }, dataSize) => ({
    input: dataSize,
    output: variance === 'per_element' ? 2 * dataSize : dataSize,
    extra: variance === 'shared' ? 1 : 0,
  }),
  poisson: onePerElement,
  categorical: onePerElement,
  mixed: ({ columns }) => {
    const own = columns.map(({ likelihood }) => columnSizes(likelihood));
    const indicators = columns.filter(({ missing }) => missing).length;
    return {
      input: own.reduce((sum, { input }) => sum + input, indicators),
      output: own.reduce((sum, { output }) => sum + output, 0),
      extra: 0,
    };
  },
};

export function likelihoodSizes(spec: LikelihoodSpec, dataSize: number): LikelihoodSizes {
  const sizes = SIZES[spec.family] as (spec: LikelihoodSpec, dataSize: number) => LikelihoodSizes;
  return sizes(spec, dataSize);
}

function columnSizes(spec: ColumnLikelihoodSpec) {
  const sizes = COLUMN_SIZES[spec.family] as (spec: ColumnLikelihoodSpec) => Omit<LikelihoodSizes, 'extra'>;
  return sizes(spec);
}
