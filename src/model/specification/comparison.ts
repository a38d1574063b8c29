import Type, { type Static } from 'typebox';
import { allowNull, closed } from './schema.ts';

const nats = (description: string) =>
  Type.Object(
    {
      mean: Type.Number({ description: 'Nats per row.' }),
      standard_error: allowNull(Type.Number(), { description: 'null for one row.' }),
    },
    { ...closed, title: 'MeanNats', description },
  );

/** How a trained model explains its validation rows, beside models that have learned nothing. */
export const FloorComparison = Type.Object(
  {
    step: Type.Integer({ description: 'Step of the checkpoint that was compared.' }),
    rows: Type.Integer({ description: 'Number of validation rows.' }),
    bound: nats('The lower bound of log p(x), from several draws for each row.'),
    independent: nats('log p(x) if every value had its own distribution, whatever the other values are.'),
    probabilistic_pca: allowNull(nats('log p(x) under probabilistic PCA.'), {
      description:
        'The best linear Gaussian model with as many latents; null if the likelihood is not gaussian or rows are long.',
    }),
    gain: nats('bound minus independent, row by row.'),
    above_floor: Type.Boolean({
      description: 'Whether the gain is larger than two of its standard errors.',
    }),
    summary: Type.String({ description: 'What these numbers mean, in one sentence.' }),
  },
  { ...closed, title: 'FloorComparison' },
);
export type FloorComparison = Static<typeof FloorComparison>;

type Numbers = Omit<FloorComparison, 'above_floor' | 'summary'>;

/** A gain of fewer standard errors may be chance. */
const ERRORS = 2;
/** Share of a number that float32 may round away in a sum over the values of a row. */
const ROUNDING = 1e-5;

/** Adds what the numbers mean. */
export function interpretComparison(numbers: Numbers): FloorComparison {
  const { gain, independent } = numbers;
  const error = ERRORS * (gain.standard_error ?? Infinity) + ROUNDING * (1 + Math.abs(independent.mean));
  const above_floor = gain.mean > error;
  return { ...numbers, above_floor, summary: describeComparison({ ...numbers, above_floor }) };
}

function describeComparison({
  rows,
  bound,
  independent,
  gain,
  above_floor: above,
}: Numbers & { above_floor: boolean }) {
  const found = `On ${rows} validation ${rows === 1 ? 'row' : 'rows'} the bound is ${format(bound.mean)} nats per row`;
  const floor = `${format(independent.mean)}, the floor of a model that treats the values of a row as independent`;
  const error = gain.standard_error === null ? '' : ` ± ${format(gain.standard_error)}`;
  return above
    ? `${found}, ${format(gain.mean)}${error} above ${floor}: the model has learned how the values depend on each other.`
    : `${found}, which is not clearly above ${floor} (difference ${format(gain.mean)}${error}): the model has not learned how the values depend on each other, so its scores only show values that are unusual by themselves.`;
}

const format = (value: number): string => value.toFixed(2);

/** What users of the model should know. Models that are not compared yet, or cannot be, have no warning. */
export function warnOfComparison(comparison: FloorComparison | null): string[] {
  return comparison === null || comparison.above_floor ? [] : [comparison.summary];
}
