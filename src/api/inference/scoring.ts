import { AppError } from '../../errors.ts';
import { marginalDecodings, marginalProblem, type MarginalSpec } from '../../model/specification.ts';
import type { Matrix } from '../../queue/arrays.ts';
import type { ModelRecord } from '../../store/models.ts';
import { nameColumns, toDataRows, toNestedRows, toNullableRows, toNumbers, toRows } from './answers.ts';
import { checkValues, parseData, parseLatents } from './rows.ts';
import type {
  DecodeRequest,
  ElboAnswer,
  ElboRequest,
  EncodeAnswer,
  EncodeRequest,
  LogMarginalLikelihoodAnswer,
  LogMarginalLikelihoodRequest,
  MeanAnswer,
} from './schemas.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import type { ApiOptions } from '../types.ts';
import type { Timed } from '../http/timing.ts';
import { describeProblem } from '../jobs/problems.ts';

/** The approximate posterior q(z|x) of each row, and draws from it. */
export async function encode(api: ApiOptions, request: EncodeRequest): Promise<Timed<EncodeAnswer>> {
  const { samples, seed } = request;
  const record = await api.store.models.get(request.model_id);
  const answered = request.data.length * record.model.latent_size * (samples + 2);
  checkValues('The answer', answered, api.config.maxInferenceValues);
  const rows = parseData(api, record, request.data);
  const input = { rows, draws: samples, seed };
  const { step, output, ...timing } = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, request),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'encode',
    input,
  });
  const body = {
    model_id: record.id,
    step,
    mean: toRows(output, 'mean'),
    standard_deviation: toNullableRows(output, 'standard_deviation'),
    ...(output.samples && { samples: toNestedRows({ samples: output.samples }, 'samples') }),
  };
  return { body, timing };
}

/** The mean of p(x|z) at each point z. */
export async function decode(api: ApiOptions, request: DecodeRequest): Promise<Timed<MeanAnswer>> {
  const record = await api.store.models.get(request.model_id);
  const answered = request.latents.length * record.data_size;
  checkValues('The answer', answered, api.config.maxInferenceValues);
  const rows = parseLatents(api, record, request.latents);
  const { step, output, ...timing } = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, request),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'decode',
    input: { rows },
  });
  const { likelihood } = record.model;
  const mean = toDataRows(output, 'mean', likelihood);
  return { body: { model_id: record.id, step, ...nameColumns(likelihood), mean }, timing };
}

/** The lower bound of each row and its two terms. */
export async function scoreElbo(api: ApiOptions, request: ElboRequest): Promise<Timed<ElboAnswer>> {
  const { samples, seed, by_column: byColumn } = request;
  const record = await api.store.models.get(request.model_id);
  checkValues('Rows times samples', request.data.length * samples, api.config.maxInferenceValues);
  const rows = parseData(api, record, request.data);
  const input = { rows, draws: samples, seed, byColumn };
  const { step, output, ...timing } = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, request),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'elbo',
    input,
  });
  const terms = {
    elbo: toNumbers(output, 'elbo'),
    log_likelihood: toNumbers(output, 'log_likelihood'),
    kl_divergence: toNumbers(output, 'kl_divergence'),
  };
  const standard_error = samples > 1 ? toNumbers(output, 'standard_error') : null;
  const mean = {
    elbo: average(terms.elbo),
    log_likelihood: average(terms.log_likelihood),
    kl_divergence: average(terms.kl_divergence),
    ...measureSpread(terms.elbo, standard_error),
  };
  const columns = output.log_likelihood_by_column;
  const own = columns ? toColumnTerms(record, columns, rows) : {};
  const unit = 'nats per row' as const;
  const body = {
    model_id: record.id,
    step,
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
export async function scoreLogMarginalLikelihood(
  api: ApiOptions,
  request: LogMarginalLikelihoodRequest,
): Promise<Timed<LogMarginalLikelihoodAnswer>> {
  const { samples, seed, method } = request;
  const record = await api.store.models.get(request.model_id);
  const problem = marginalProblem(record.model, method);
  if (problem) {
    const problems = [{ pointer: '/method', detail: describeProblem(problem) }];
    throw AppError.of('validation_failed', { what: 'The request' }, { problems });
  }
  const marginal = toMarginal(request);
  const passes = request.data.length * marginalDecodings(marginal);
  checkValues('Rows times passes through the decoder', passes, api.config.maxInferenceValues);
  const rows = parseData(api, record, request.data);
  const input = { rows, marginal, seed };
  const { step, output, ...timing } = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, request),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'log_marginal_likelihood',
    input,
  });
  const { effective_sample_size: sizes, acceptance } = output;
  const estimates = toNumbers(output, 'log_marginal_likelihood');
  const standard_error = samples > 1 ? toNumbers(output, 'standard_error') : null;
  const body: LogMarginalLikelihoodAnswer = {
    model_id: record.id,
    step,
    unit: 'nats per row',
    method,
    samples,
    log_marginal_likelihood: estimates,
    standard_error,
    effective_sample_size: sizes
      ? toNumbers({ effective_sample_size: sizes }, 'effective_sample_size')
      : null,
    acceptance: acceptance?.data[0] ?? null,
    mean: { log_marginal_likelihood: average(estimates), ...measureSpread(estimates, standard_error) },
  };
  return { body, timing };
}

function toMarginal(request: LogMarginalLikelihoodRequest): MarginalSpec {
  const { method, samples } = request;
  return method === 'importance_sampling'
    ? { method, samples }
    : { method, samples, leapfrog_steps: request.leapfrog_steps };
}

/** Missing values have no term. */
function toColumnTerms(record: ModelRecord, log_likelihood_by_column: Matrix, { data }: Matrix) {
  const terms = toRows({ log_likelihood_by_column }, 'log_likelihood_by_column');
  const isMissing = (row: number, column: number) => Number.isNaN(data[row * record.data_size + column]);
  const { likelihood } = record.model;
  const known =
    likelihood.family === 'mixed'
      ? terms.map((row, i) => row.map((term, column) => (isMissing(i, column) ? null : term)))
      : terms;
  return { ...nameColumns(likelihood), log_likelihood_by_column: known };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How well the mean of the values is known: over rows, and from the draws of each. */
function measureSpread(values: readonly number[], errors: readonly number[] | null) {
  const [count, mean] = [values.length, average(values)];
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    standard_error: count > 1 ? Math.sqrt(squares / (count - 1) / count) : null,
    monte_carlo_standard_error: errors && Math.hypot(...errors) / count,
  };
}
