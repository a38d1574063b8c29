import { gatherStatistics, type ElementStatistics } from '../dataset/statistics.ts';
import { independentLikelihood, likelihoodFamily } from '../distributions/likelihoods.ts';
import { getNamed } from '../named-arrays.ts';
import { interpretComparison, type FloorComparison } from '../specification.ts';
import { createVae } from '../vae.ts';
import { BatchedFunctions } from './batches.ts';
import { estimateBound } from './bound.ts';
import { evaluate } from './evaluate.ts';
import { summarizeRows, type EvaluationInput } from './measures/measure.ts';
import { Moments } from './moments.ts';

const DRAWS = 8;
/** Longer rows take too long: a comparison follows every training. */
const LONGEST_PCA_ROW = 128;

/** Called between batches. It may throw to end the comparison. */
type Advance = () => Promise<void>;

/**
 * Compares the bound of rows with floors fitted to the training rows (see floors.ts). The bound and the floor of independent
 * values are compared row by row, so that the error of their difference is that of the difference. Null if a number is not finite.
 */
export async function compareWithFloors(
  input: EvaluationInput & { readonly step: number },
  advance: Advance,
): Promise<FloorComparison | null> {
  const moments = await scoreRows(input, advance);
  const { bound, independent, gain } = moments;
  if (![bound.mean, independent.mean].every(Number.isFinite)) return null;
  return interpretComparison({
    step: input.step,
    rows: gain.count,
    bound: summarizeRows(bound),
    independent: summarizeRows(independent),
    probabilistic_pca: await scorePca(input, advance),
    gain: summarizeRows(gain),
  });
}

async function scoreRows(input: EvaluationInput, advance: Advance) {
  const { runtime, model, rowShape, parameters, rows, seed } = input;
  const vae = createVae(model, rowShape);
  const functions = new BatchedFunctions(runtime);
  const floor = likelihoodFamily(model.likelihood);
  const [bound, independent, gain] = [new Moments(), new Moments(), new Moments()];
  try {
    const statistics = await gatherRows(input, vae.dataSize, advance);
    for await (const { values, numbers } of rows.batches()) {
      const noise = { seed, stream: 'evaluation', rows: numbers } as const;
      const bounds = await estimateBound({ functions, vae, parameters, rows: values }, DRAWS, noise, advance);
      const scores = await functions.run(
        'independent',
        (inputs) => ({ score: independentLikelihood(floor, statistics).logProb(getNamed(inputs, 'rows')) }),
        {},
        { rows: values },
      );
      getNamed(scores, 'score').data.forEach((score, row) => {
        const elbo = bounds[row]?.elbo.mean ?? NaN;
        bound.add(elbo);
        independent.add(score);
        gain.add(elbo - score);
      });
      await advance();
    }
  } finally {
    await functions.dispose();
  }
  return { bound, independent, gain };
}

async function gatherRows(
  { model, trainRows }: EvaluationInput,
  dataSize: number,
  advance: Advance,
): Promise<ElementStatistics> {
  const gathering = gatherStatistics(dataSize, model.likelihood);
  for await (const { values } of trainRows.batches()) {
    gathering.add(values.data);
    await advance();
  }
  return gathering.result();
}

async function scorePca(
  input: EvaluationInput,
  advance: Advance,
): Promise<FloorComparison['probabilistic_pca']> {
  const size = input.rowShape.reduce((product, length) => product * length, 1);
  if (input.model.likelihood.family !== 'gaussian' || size > LONGEST_PCA_ROW) return null;
  const { report } = await evaluate(input, [{ name: 'floors' }], advance);
  const found = report.floors?.probabilistic_pca ?? null;
  return found && { mean: found.mean, standard_error: found.standard_error };
}
