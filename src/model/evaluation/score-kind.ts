import type { LikelihoodName, LikelihoodOf, LikelihoodSpec, ScoreKind } from '../specification.ts';
import type { RowSet } from './measures/measure.ts';

type Kinds = {
  readonly [Name in LikelihoodName]: (
    spec: LikelihoodOf<Name>,
    rows: RowSet,
  ) => ScoreKind | Promise<ScoreKind>;
};

const KINDS: Kinds = {
  bernoulli: async (_spec, rows) => ((await areBinary(rows, () => true)) ? 'log_probability' : 'score'),
  continuous_bernoulli: () => 'log_density',
  gaussian: () => 'log_density',
  poisson: () => 'log_probability',
  categorical: () => 'log_probability',
  async mixed({ columns }, rows) {
    const families = columns.map(({ likelihood }) => likelihood.family);
    if (!(await areBinary(rows, (element) => families[element] === 'bernoulli'))) return 'score';
    const continuous = families.some((family) => family === 'gaussian' || family === 'log_normal');
    return continuous ? 'log_density' : 'log_probability';
  },
};

/** What log p(x|z) of these rows is: a bernoulli has probabilities for zeros and ones alone. */
export async function scoreKind(spec: LikelihoodSpec, rows: RowSet): Promise<ScoreKind> {
  return (KINDS[spec.family] as (spec: LikelihoodSpec, rows: RowSet) => ScoreKind | Promise<ScoreKind>)(
    spec,
    rows,
  );
}

/** Whether the elements asked about are 0, 1 or missing in every row. */
async function areBinary(rows: RowSet, asked: (element: number) => boolean): Promise<boolean> {
  if (rows.isBinary) return true;
  for await (const { values } of rows.batches()) {
    const size = values.shape[1] ?? 1;
    const grey = (value: number, i: number) => value > 0 && value < 1 && asked(i % size);
    if (values.data.some(grey)) return false;
  }
  return true;
}
