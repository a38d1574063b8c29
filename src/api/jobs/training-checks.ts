import { AppError, type Problem } from '../../errors.ts';
import { countRows, fitProblems, TOLERANCE } from '../../model/dataset.ts';
import {
  combinationProblems,
  LIMITS,
  likelihoodProblems,
  likelihoodSizes,
  minibatchSizeOf,
  posteriorSize,
  sharedDomain,
  type ModelSpec,
  type TrainingSpec,
} from '../../model/specification.ts';
import type { DatasetRecord } from '../../store/datasets.ts';

export interface JobPlan {
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
}

/** What a schema cannot see: the specification against the data set. Errors: validation_failed, a problem for each. */
export function checkAgainstDataset(plan: JobPlan, dataset: DatasetRecord): void {
  const checks = [
    combinationProblem,
    rowsProblem,
    minibatchProblem,
    likelihoodProblem,
    valueProblems,
    watchProblem,
    dataSizeProblem,
    parametersProblem,
    activationsProblem,
  ];
  const problems = checks.flatMap((check) => check(plan, dataset) ?? []);
  if (problems.length > 0) throw AppError.of('validation_failed', { what: 'The job' }, { problems });
}

type Check = (plan: JobPlan, dataset: DatasetRecord) => Problem | Problem[] | null;

const countTrainingRows = (dataset: DatasetRecord, training: TrainingSpec): number =>
  countRows(dataset, training, 'separate').train;

const combinationProblem: Check = ({ model, training }) => {
  const [first] = combinationProblems(model, training);
  return first ? problem(first.pointer, first.found, first.allowed) : null;
};

const rowsProblem: Check = ({ training }, dataset) => {
  const rows = countTrainingRows(dataset, training);
  if (rows >= 1) return null;
  return problem(
    '/dataset_id',
    `${rows} training rows (${dataset.rows} rows, ${dataset.test_rows} of them test rows) in ${dataset.id}`,
    'a data set with at least 1 training row',
  );
};

const minibatchProblem: Check = ({ training }, dataset) => {
  const rows = countTrainingRows(dataset, training);
  const size = training.minibatch_size;
  if (size === undefined || rows < 1 || size <= rows) return null;
  return problem(
    '/training/minibatch_size',
    String(size),
    `1 to ${rows}, the training rows of ${dataset.id}`,
  );
};

const likelihoodProblem: Check = ({ model }, dataset) => {
  const [first] = likelihoodProblems(model.likelihood, dataset.data_size);
  return first ? problem(`/model/likelihood${first.pointer}`, first.found, first.allowed) : null;
};

/** The values against the likelihood; of data sets without a profile only their range is known. */
export const valueProblems: Check = (
  { model: { likelihood } },
  { id, profile, header, minimum, maximum },
) => {
  if (profile !== null) {
    return fitProblems(likelihood, { profile, named: header === true }).map(({ pointer, found, allowed }) =>
      problem(`/model/likelihood${pointer}`, found, allowed),
    );
  }
  if (likelihood.family === 'mixed') return null;
  const { low, high, allowed } = sharedDomain(likelihood);
  if (minimum >= low - TOLERANCE && maximum <= high + TOLERANCE) return null;
  return problem('/model/likelihood', `values from ${minimum} to ${maximum} in ${id}`, allowed);
};

const watchProblem: Check = ({ training }, { id, test_rows: testRows }) =>
  training.watch_test_rows !== true || testRows > 0
    ? null
    : problem('/training/watch_test_rows', `true for ${id}, which has no test rows`, 'false');

const dataSizeProblem: Check = (_plan, dataset) =>
  dataset.data_size <= LIMITS.dataSize
    ? null
    : problem('/dataset_id', `rows of ${dataset.data_size} values`, `at most ${LIMITS.dataSize}`);

const parametersProblem: Check = ({ model }, dataset) => {
  const count = parameterCount(dataset.data_size, model);
  if (count <= LIMITS.parameters) return null;
  const detail = `at most ${LIMITS.parameters}; lower hidden_sizes or latent_size`;
  return problem('/model', `${count} parameters for rows of ${dataset.data_size} values`, detail);
};

const activationsProblem: Check = ({ model, training }, dataset) => {
  const rows = minibatchSizeOf(training, countTrainingRows(dataset, training));
  const { encoder, decoder } = layerSizes(dataset.data_size, model);
  const units = [...encoder, ...decoder].reduce((sum, size) => sum + size, 0);
  const count = rows * training.samples_per_datapoint * units;
  if (count <= LIMITS.activations) return null;
  const found = `${rows} rows * ${training.samples_per_datapoint} samples * ${units} units = ${count} values a step`;
  const detail = `at most ${LIMITS.activations}; lower minibatch_size, samples_per_datapoint or hidden_sizes`;
  return problem('/training/minibatch_size', found, detail);
};

function layerSizes(dataSize: number, model: ModelSpec) {
  const { input, output } = likelihoodSizes(model.likelihood, dataSize);
  return {
    encoder: [input, ...model.encoder.hidden_sizes, posteriorSize(model.posterior, model.latent_size)],
    decoder: [model.latent_size, ...model.decoder.hidden_sizes, output],
  };
}

/** Weights and biases of encoder and decoder. */
export function parameterCount(dataSize: number, model: ModelSpec): number {
  const { encoder, decoder } = layerSizes(dataSize, model);
  const { extraShapes } = likelihoodSizes(model.likelihood, dataSize);
  const extra = Object.values(extraShapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return layers(encoder) + layers(decoder) + extra;
}

function layers(sizes: readonly number[]): number {
  return sizes.slice(1).reduce((sum, size, index) => sum + ((sizes[index] ?? 0) + 1) * size, 0);
}

export function problem(pointer: string, found: string, allowed: string): Problem {
  return { pointer, detail: `found ${found}; allowed: ${allowed}` };
}
