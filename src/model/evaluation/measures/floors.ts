import { getNamed } from '../../named-arrays.ts';
import { gatherStatistics, type ElementStatistics } from '../../dataset/statistics.ts';
import { independentLikelihood, likelihoodFamily } from '../../distributions/likelihoods.ts';
import type { FloorReport } from '../../specification.ts';
import { computeCovariance } from '../covariance.ts';
import { Moments } from '../moments.ts';
import { fitProbabilisticPca } from '../probabilistic-pca.ts';
import { toBitsPerDimension, summarizeRows, type Measure, type MeasureContext } from './measure.ts';

/** Above these sizes the covariance takes too long. */
const PCA_LIMITS = { dataSize: 1024, latentSize: 128 } as const;

/**
 * Scores that a model must beat, of baselines fitted to the training rows: independent elements with no latent, under the
 * same likelihood; and for gaussian likelihoods probabilistic PCA, the best linear model with as many latents and one
 * noise variance.
 */
export const floors: Measure<'floors'> = async (context) => {
  const statistics = await gatherTrainStatistics(context);
  const absent = explainMissingPca(context);
  const pca = absent === null ? await computePcaFloor(context, statistics) : null;
  return {
    floors: {
      independent: await computeIndependentFloor(context, statistics),
      probabilistic_pca: pca,
      probabilistic_pca_absent:
        absent ?? (pca ? null : 'the training rows lie in a plane of the latent dimensions'),
    },
  };
};

async function gatherTrainStatistics({
  dataSize,
  model,
  trainRows,
  advance,
}: MeasureContext): Promise<ElementStatistics> {
  const gathering = gatherStatistics(dataSize, model.likelihood);
  for await (const { values } of trainRows.batches()) {
    gathering.add(values.data);
    await advance(0);
  }
  return gathering.result();
}

async function computeIndependentFloor(
  context: MeasureContext,
  statistics: ElementStatistics,
): Promise<FloorReport> {
  const family = likelihoodFamily(context.model.likelihood);
  const scores = new Moments();
  for await (const { values, numbers } of context.rows.batches()) {
    const results = await context.functions.run(
      'independent',
      (inputs) => ({ score: independentLikelihood(family, statistics).logProb(getNamed(inputs, 'rows')) }),
      {},
      { rows: values },
    );
    for (const score of getNamed(results, 'score').data) scores.add(score);
    await context.advance(numbers.length);
  }
  return toFloorReport(scores, context);
}

/** Why there is no probabilistic PCA for this model, or null. */
function explainMissingPca({ model, dataSize }: MeasureContext): string | null {
  if (model.likelihood.family !== 'gaussian')
    return `the likelihood is ${model.likelihood.family}, not gaussian`;
  const { latent_size: latentSize } = model;
  if (latentSize >= dataSize) return `${latentSize} latent dimensions for ${dataSize} values`;
  if (dataSize > PCA_LIMITS.dataSize) return `rows of more than ${PCA_LIMITS.dataSize} values`;
  return latentSize > PCA_LIMITS.latentSize ? `more than ${PCA_LIMITS.latentSize} latent dimensions` : null;
}

/** Fits in the likelihood's units and gives the density in the data's units. Null if there is no density. */
async function computePcaFloor(
  context: MeasureContext,
  statistics: ElementStatistics,
): Promise<(FloorReport & { latent_size: number }) | null> {
  const { model, runtime, rows, trainRows, advance } = context;
  const between = () => advance(0);
  const scale = readScales(context);
  const covariance = await computeCovariance(runtime, trainRows.batches(), statistics.mean, between);
  const scaled = covariance.map((row, i) =>
    row.map((value, j) => value / ((scale[i] ?? 1) * (scale[j] ?? 1))),
  );
  const divided = (values: Float64Array) => values.map((value, i) => value / (scale[i] ?? 1));
  const fitted = await fitProbabilisticPca(divided(statistics.mean), scaled, model.latent_size, between);
  if (!fitted) return null;
  const logScale = scale.reduce((sum, value) => sum + Math.log(value), 0);
  const scores = new Moments();
  for await (const { values } of rows.batches()) {
    const size = context.dataSize;
    for (let start = 0; start < values.data.length; start += size) {
      scores.add(
        fitted.logProb(divided(Float64Array.from(values.data.subarray(start, start + size)))) - logScale,
      );
    }
    await between();
  }
  return { ...toFloorReport(scores, context), latent_size: model.latent_size };
}

function readScales({ model: { likelihood }, dataSize }: MeasureContext): Float64Array {
  const given = likelihood.family === 'gaussian' ? likelihood.transform?.scale : undefined;
  return given ? Float64Array.from(given) : new Float64Array(dataSize).fill(1);
}

function toFloorReport(scores: Moments, context: MeasureContext): FloorReport {
  return { ...summarizeRows(scores), bits_per_dimension: toBitsPerDimension(scores.mean, context) };
}
