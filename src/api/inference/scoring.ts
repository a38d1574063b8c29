import { AppError } from '../../errors.ts';
import { marginalDecodings, marginalProblem, type MarginalSpec } from '../../model/specification.ts';
import { unpackArray, type InferResult, type PackedArray } from '../../queue/jobs.ts';
import type { ModelRecord } from '../../store/models.ts';
import { columnNames, cube, dataRows, matrix, nullableMatrix, vector } from './answers.ts';
import { checkValues } from './rows.ts';
import type {
  DecodeRequest,
  ElboAnswer,
  ElboRequest,
  EncodeAnswer,
  EncodeRequest,
  LikelihoodAnswer,
  LikelihoodRequest,
  MeanAnswer,
} from './schemas.ts';
import type { ApiOptions } from '../types.ts';
import { compute, packData, packLatents, type Timed } from './compute.ts';
import { describeProblem } from '../jobs/problems.ts';

/** The approximate posterior q(z|x) of each row, and draws from it. */
export async function encode(api: ApiOptions, request: EncodeRequest): Promise<Timed<EncodeAnswer>> {
  const { samples, seed } = request;
  const record = await api.store.models.get(request.model_id);
  const answered = request.data.length * record.model.latent_size * (samples + 2);
  checkValues('The answer', answered, api.config.maxInferenceValues);
  const rows = packData(api, record, request.data);
  const { result, timing } = await compute(api, request, { operation: 'encode', rows, count: samples, seed });
  const body = {
    model_id: record.id,
    step: result.step,
    mean: matrix(result, 'mean'),
    standard_deviation: nullableMatrix(result, 'standard_deviation'),
    ...(samples > 0 ? { samples: cube(result, 'samples') } : {}),
  };
  return { body, timing };
}

/** The expectation under p(x|z) at each point z. */
export async function decode(api: ApiOptions, request: DecodeRequest): Promise<Timed<MeanAnswer>> {
  const record = await api.store.models.get(request.model_id);
  const answered = request.latents.length * record.data_size;
  checkValues('The answer', answered, api.config.maxInferenceValues);
  const rows = packLatents(api, record, request.latents);
  const { result, timing } = await compute(api, request, { operation: 'decode', rows });
  return { body: meanAnswer(record, result), timing };
}

function meanAnswer(record: ModelRecord, result: InferResult): MeanAnswer {
  const { likelihood } = record.model;
  const mean = dataRows(result, 'mean', likelihood);
  return { model_id: record.id, step: result.step, ...columnNames(likelihood), mean };
}

/** The lower bound of each row and its two terms. */
export async function elbo(api: ApiOptions, request: ElboRequest): Promise<Timed<ElboAnswer>> {
  const { samples, seed, by_column: byColumn } = request;
  const record = await api.store.models.get(request.model_id);
  checkValues('Rows times samples', request.data.length * samples, api.config.maxInferenceValues);
  const rows = packData(api, record, request.data);
  const work = { operation: 'elbo', rows, count: samples, seed, byColumn } as const;
  const { result, timing } = await compute(api, request, work);
  const terms = {
    elbo: vector(result, 'elbo'),
    log_likelihood: vector(result, 'log_likelihood'),
    kl_divergence: vector(result, 'kl_divergence'),
  };
  const standard_error = samples > 1 ? vector(result, 'standard_error') : null;
  const mean = {
    elbo: average(terms.elbo),
    log_likelihood: average(terms.log_likelihood),
    kl_divergence: average(terms.kl_divergence),
    ...spreadOf(terms.elbo, standard_error),
  };
  const own = byColumn ? columnTerms(record, result, rows) : {};
  const unit = 'nats per row' as const;
  const body = {
    model_id: record.id,
    step: result.step,
    unit,
    samples,
    ...terms,
    standard_error,
    ...own,
    mean,
  };
  return { body, timing };
}

/** log p(x) of each row, estimated. Errors: too_large, validation_failed, no_encoder. */
export async function logLikelihood(
  api: ApiOptions,
  request: LikelihoodRequest,
): Promise<Timed<LikelihoodAnswer>> {
  const { samples, seed, method } = request;
  const record = await api.store.models.get(request.model_id);
  const problem = marginalProblem(record.model, method);
  if (problem) {
    const problems = [{ pointer: '/method', detail: describeProblem(problem) }];
    throw AppError.of('validation_failed', { what: 'The request' }, { problems });
  }
  const marginal = marginalOf(request);
  const passes = request.data.length * marginalDecodings(marginal);
  checkValues('Rows times passes through the decoder', passes, api.config.maxInferenceValues);
  const rows = packData(api, record, request.data);
  const work = { operation: 'log_marginal_likelihood', rows, seed, marginal } as const;
  const { result, timing } = await compute(api, request, work);
  const estimates = vector(result, 'log_marginal_likelihood');
  const standard_error = samples > 1 ? vector(result, 'standard_error') : null;
  const body: LikelihoodAnswer = {
    model_id: record.id,
    step: result.step,
    unit: 'nats per row',
    method,
    samples,
    log_marginal_likelihood: estimates,
    standard_error,
    effective_sample_size: method === 'posterior_density' ? null : vector(result, 'effective_sample_size'),
    acceptance: method === 'importance_sampling' ? null : (vector(result, 'acceptance')[0] ?? null),
    mean: { log_marginal_likelihood: average(estimates), ...spreadOf(estimates, standard_error) },
  };
  return { body, timing };
}

function marginalOf(request: LikelihoodRequest): MarginalSpec {
  const { method, samples } = request;
  return method === 'importance_sampling'
    ? { method, samples }
    : { method, samples, leapfrog_steps: request.leapfrog_steps };
}

/** Missing values have no term. */
function columnTerms(record: ModelRecord, result: InferResult, rows: PackedArray) {
  const terms = matrix(result, 'log_likelihood_by_column');
  const { data } = unpackArray(rows);
  const isMissing = (row: number, column: number) => Number.isNaN(data[row * record.data_size + column]);
  const { likelihood } = record.model;
  const known =
    likelihood.family === 'mixed'
      ? terms.map((row, i) => row.map((term, column) => (isMissing(i, column) ? null : term)))
      : terms;
  return { ...columnNames(likelihood), log_likelihood_by_column: known };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How well the mean of the values is known: over rows, and from the draws of each. */
function spreadOf(values: readonly number[], errors: readonly number[] | null) {
  const [count, mean] = [values.length, average(values)];
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    standard_error: count > 1 ? Math.sqrt(squares / (count - 1) / count) : null,
    monte_carlo_standard_error: errors && Math.hypot(...errors) / count,
  };
}
