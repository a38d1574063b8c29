import type { MarginalEstimate } from '../../model/evaluation/marginal-likelihood.ts';
import { toCube, toMatrix, toVector, type Vector } from '../../queue/arrays.ts';
import type { RowOperation } from '../../queue/operations.ts';
import { readRows } from './dataset-rows.ts';
import { impute } from './impute.ts';
import { score } from './score.ts';
import { always, checkWidth, keyNoise, never, type Runner } from './operation.ts';

/** Operations on rows of a request or of the model's data set. */

const encode: Runner<'encode'> = {
  needsEncoder: always,
  run: async ({ inference, parameters }, { rows, draws, seed }) => {
    checkWidth(rows, inference.vae.dataSize);
    const { mean, standard_deviation } = await inference.encode(parameters, rows);
    const posterior = { mean: toMatrix(mean), standard_deviation: toMatrix(standard_deviation) };
    if (draws === 0) return posterior;
    const samples = await inference.draw(parameters, rows, draws, keyNoise({ seed }));
    return { ...posterior, samples: toCube(samples) };
  },
};

const decode: Runner<'decode'> = {
  needsEncoder: never,
  run: async ({ inference, parameters }, { rows }) => {
    checkWidth(rows, inference.vae.latentSize);
    return { mean: toMatrix(await inference.decode(parameters, rows)) };
  },
};

const reconstruct: Runner<'reconstruct'> = {
  needsEncoder: always,
  run: async ({ inference, parameters }, { rows }) => {
    checkWidth(rows, inference.vae.dataSize);
    return { mean: toMatrix(await inference.reconstruct(parameters, rows)) };
  },
};

export const reconstructDatasetRows: Runner<'reconstruct_dataset_rows'> = {
  needsEncoder: always,
  run: async ({ inference, parameters, datasets, record }, { datasetRows }) => {
    const rows = await readRows(datasets, record, datasetRows);
    const mean = await inference.reconstruct(parameters, rows);
    return { mean: toMatrix(mean), data: toMatrix(rows) };
  },
};

const elbo: Runner<'elbo'> = {
  needsEncoder: always,
  run: async ({ inference, parameters }, { rows, draws, seed, byColumn }) => {
    checkWidth(rows, inference.vae.dataSize);
    const noise = keyNoise({ seed });
    const terms = await inference.elbo(parameters, rows, draws, noise);
    const bound = {
      elbo: toVector(terms.elbo),
      log_likelihood: toVector(terms.log_likelihood),
      kl_divergence: toVector(terms.kl_divergence),
      standard_error: toVector(terms.standard_error),
    };
    if (!byColumn) return bound;
    const columns = await inference.logLikelihoodByColumn(parameters, rows, draws, noise);
    return { ...bound, log_likelihood_by_column: toMatrix(columns) };
  },
};

const logMarginalLikelihood: Runner<'log_marginal_likelihood'> = {
  needsEncoder: ({ marginal }) => marginal.method === 'importance_sampling',
  run: async ({ inference, parameters }, { rows, marginal, seed }) => {
    checkWidth(rows, inference.vae.dataSize);
    const noise = keyNoise({ seed });
    const estimate: MarginalEstimate = await inference.marginalLikelihood(parameters, rows, marginal, noise);
    const { logMarginalLikelihood: values, standardError, effectiveSampleSize, acceptance } = estimate;
    return {
      log_marginal_likelihood: toFloatVector(values),
      standard_error: toFloatVector(standardError),
      ...(effectiveSampleSize && { effective_sample_size: toFloatVector(effectiveSampleSize) }),
      ...(acceptance !== undefined && { acceptance: toFloatVector([acceptance]) }),
    };
  },
};

export const ROW_RUNNERS: { readonly [Name in RowOperation]: Runner<Name> } = {
  encode,
  decode,
  reconstruct,
  elbo,
  log_marginal_likelihood: logMarginalLikelihood,
  score,
  impute,
};

function toFloatVector(values: ArrayLike<number>): Vector {
  return { shape: [values.length], data: Float32Array.from(values) };
}
