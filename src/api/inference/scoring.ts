import { AppError } from '../../errors.ts';
import { marginalDecodings, marginalProblem, type MarginalSpec } from '../../model/specification.ts';
import type { Matrix } from '../../queue/arrays.ts';
import type { ModelRecord } from '../../store/models.ts';
import { toDataRows, toNestedRows, toNullableRows, toNumbers, toRows } from './answers.ts';
import { findTable } from '../../model/dataset.ts';
import {
  answerCsv,
  answerDataCsv,
  answerDataNpy,
  answerLists,
  answerNpy,
  checkArrayAnswer,
  type RowAnswer,
} from './array-answer.ts';
import { findLatents, findRows, toRequestRows } from './given-rows.ts';
import { nameColumns, sumParts } from './model-table.ts';
import { checkValues, describeUnused, keepGood, leaveOutBad, type RequestRows } from './rows.ts';
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
import { describeSource } from '../models/source.ts';
import type { ApiOptions } from '../types.ts';
import { answerJson } from '../pictures/pictured.ts';
import { chooseAnswerFormat } from '../http/answer-format.ts';
import type { WithArray } from '../http/array-bodies.ts';
import type { Timed } from '../http/timing.ts';
import { describeProblem } from '../jobs/problems.ts';

/** The approximate posterior q(z|x) of each row, and draws from it. */
export async function encode(
  api: ApiOptions,
  request: WithArray<EncodeRequest>,
  accept: string | undefined,
): Promise<Timed<RowAnswer<EncodeAnswer>>> {
  const format = chooseAnswerFormat(undefined, accept, ROW_FORMATS);
  const { samples, seed } = request;
  const record = await api.store.models.get(request.model_id);
  const given = await findRows(api, record, request);
  const answered = given.count * record.model.latent_size * (samples + 2);
  checkValues('The answer', answered, api.config.maxInferenceValues);
  const rows = toRequestRows(api, record, given);
  const input = { rows: toMatrix(rows), draws: samples, seed };
  const { step, output, ...timing } = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, request),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'encode',
    input,
  });
  const origin = { record, step, rows };
  const [mean, deviation] = [toRows(output, 'mean'), toNullableRows(output, 'standard_deviation')];
  if (format === 'npy') return { body: answerNpy(origin, output.mean), timing };
  if (format === 'csv') {
    const cells = mean.map((means, row) => [...means, ...(deviation[row] ?? [])]);
    return { body: answerCsv(origin, nameLatents(record), cells), timing };
  }
  const content = {
    ...describeSource(record, step),
    mean: leaveOutBad(rows, mean),
    standard_deviation: leaveOutBad(rows, deviation),
    ...(output.samples && {
      samples: toNestedRows({ samples: output.samples }, 'samples').map((draw) => leaveOutBad(rows, draw)),
    }),
    ...describeUnused(rows),
  };
  return { body: answerJson(content), timing };
}

const ROW_FORMATS = ['json', 'npy', 'csv'] as const;

function nameLatents({ model: { latent_size: size } }: ModelRecord): string[] {
  const name = (kind: string) => Array.from({ length: size }, (_, i) => `${kind}_${i + 1}`);
  return [...name('mean'), ...name('standard_deviation')];
}

/** The mean of p(x|z) at each point z. */
export async function decode(
  api: ApiOptions,
  request: WithArray<DecodeRequest>,
  accept: string | undefined,
): Promise<Timed<RowAnswer<MeanAnswer>>> {
  const format = chooseAnswerFormat(undefined, accept, ROW_FORMATS);
  const record = await api.store.models.get(request.model_id);
  checkArrayAnswer(record, format);
  const rows = findLatents(api, record, request);
  checkValues('The answer', rows.shape[0] * record.data_size, api.config.maxInferenceValues);
  const { step, output, ...timing } = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, request),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'decode',
    input: { rows },
  });
  const [origin, mean] = [{ record, step }, toDataRows(output, 'mean', record)];
  if (format === 'npy') return { body: answerDataNpy(origin, output.mean, mean), timing };
  if (format === 'csv') return { body: answerDataCsv(origin, mean), timing };
  return { body: answerJson({ ...describeSource(record, step), ...nameColumns(record), mean }), timing };
}

/** The lower bound of each row and its two terms. */
export async function scoreElbo(
  api: ApiOptions,
  request: WithArray<ElboRequest>,
  accept: string | undefined,
): Promise<Timed<RowAnswer<ElboAnswer>>> {
  const format = chooseAnswerFormat(undefined, accept, ROW_FORMATS);
  const { samples, seed, by_column: byColumn } = request;
  const record = await api.store.models.get(request.model_id);
  const given = await findRows(api, record, request);
  checkValues('Rows times samples', given.count * samples, api.config.maxInferenceValues);
  const rows = toRequestRows(api, record, given);
  const input = { rows: toMatrix(rows), draws: samples, seed, byColumn };
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
  const origin = { record, step, rows };
  if (format === 'npy') return { body: answerNpy(origin, output.elbo), timing };
  if (format === 'csv') return { body: answerLists(origin, { ...terms, standard_error }), timing };
  const elbo = keepGood(rows, output.elbo);
  const mean = {
    elbo: average(elbo),
    log_likelihood: average(keepGood(rows, output.log_likelihood)),
    kl_divergence: average(keepGood(rows, output.kl_divergence)),
    ...measureSpread(elbo, standard_error && keepGood(rows, output.standard_error)),
  };
  const columns = output.log_likelihood_by_column;
  const own = columns ? toColumnTerms(record, columns, rows) : {};
  const unit = 'nats per row' as const;
  const content = {
    ...describeSource(record, step),
    unit,
    samples,
    elbo: leaveOutBad(rows, terms.elbo),
    log_likelihood: leaveOutBad(rows, terms.log_likelihood),
    kl_divergence: leaveOutBad(rows, terms.kl_divergence),
    standard_error: standard_error && leaveOutBad(rows, standard_error),
    ...own,
    mean,
    ...describeUnused(rows),
  };
  return { body: answerJson(content), timing };
}

/** log p(x) of each row, estimated. Errors: too_large, validation_failed, no_encoder. */
export async function scoreLogMarginalLikelihood(
  api: ApiOptions,
  request: WithArray<LogMarginalLikelihoodRequest>,
  accept: string | undefined,
): Promise<Timed<RowAnswer<LogMarginalLikelihoodAnswer>>> {
  const format = chooseAnswerFormat(undefined, accept, ROW_FORMATS);
  const { samples, seed, method } = request;
  const record = await api.store.models.get(request.model_id);
  const problem = marginalProblem(record.model, method);
  if (problem) {
    const problems = [{ pointer: '/method', detail: describeProblem(problem) }];
    throw AppError.of('validation_failed', { what: 'The request' }, { problems });
  }
  const marginal = toMarginal(request);
  const given = await findRows(api, record, request);
  const passes = given.count * marginalDecodings(marginal);
  checkValues('Rows times passes through the decoder', passes, api.config.maxInferenceValues);
  const rows = toRequestRows(api, record, given);
  const input = { rows: toMatrix(rows), marginal, seed };
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
  const effective = sizes ? toNumbers({ effective_sample_size: sizes }, 'effective_sample_size') : null;
  const origin = { record, step, rows };
  if (format === 'npy') return { body: answerNpy(origin, output.log_marginal_likelihood), timing };
  if (format === 'csv') {
    const lists = { log_marginal_likelihood: estimates, standard_error, effective_sample_size: effective };
    return { body: answerLists(origin, lists), timing };
  }
  const good = keepGood(rows, output.log_marginal_likelihood);
  const errors = standard_error && keepGood(rows, output.standard_error);
  const content: LogMarginalLikelihoodAnswer = {
    ...describeSource(record, step),
    unit: 'nats per row',
    method,
    samples,
    log_marginal_likelihood: leaveOutBad(rows, estimates),
    standard_error: standard_error && leaveOutBad(rows, standard_error),
    effective_sample_size: effective && leaveOutBad(rows, effective),
    acceptance: acceptance ? (toNumbers({ acceptance }, 'acceptance')[0] ?? null) : null,
    mean: { log_marginal_likelihood: average(good), ...measureSpread(good, errors) },
    ...describeUnused(rows),
  };
  return { body: answerJson(content), timing };
}

function toMarginal(request: WithArray<LogMarginalLikelihoodRequest>): MarginalSpec {
  const { method, samples } = request;
  return method === 'importance_sampling'
    ? { method, samples }
    : { method, samples, leapfrog_steps: request.leapfrog_steps };
}

const toMatrix = ({ shape, data }: RequestRows): Matrix => ({ shape, data });

/** Missing values have no term. */
function toColumnTerms(record: ModelRecord, log_likelihood_by_column: Matrix, rows: RequestRows) {
  const terms = toRows({ log_likelihood_by_column }, 'log_likelihood_by_column');
  const { data, shape } = log_likelihood_by_column;
  const table = findTable(record);
  const partsOf = (row: number) => data.subarray(row * shape[1], (row + 1) * shape[1]);
  const isMissing = (row: number, feature: number) =>
    Number.isNaN(rows.data[row * record.data_size + feature]);
  const known: (number | null)[][] =
    table === null
      ? terms
      : terms.map((_row, i) => sumParts(table, partsOf(i), (feature) => isMissing(i, feature)));
  return { ...nameColumns(record), log_likelihood_by_column: leaveOutBad(rows, known) };
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
