import { AppError } from '../../errors.ts';
import { groupFeatures, type TableSchema } from '../../model/table.ts';
import { SCORE_DRAWS } from '../../model/specification.ts';
import { toMatrix, type Matrix } from '../../queue/arrays.ts';
import type { Outputs } from '../../queue/operations.ts';
import type { ModelRecord } from '../../store/models.ts';
import { CSV_TYPE, JSON_TYPE } from '../http/media.ts';
import { negotiate } from '../http/negotiation.ts';
import { chooseAnswerFormat, FILE_FORMATS } from '../http/answer-format.ts';
import type { WithArray } from '../http/array-bodies.ts';
import type { Timed } from '../http/timing.ts';
import { decodeRows, takeFinite, toNumbers } from '../inference/answers.ts';
import { fillMissing, findTable } from '../../model/dataset.ts';
import {
  answerDataCsv,
  answerDataNpy,
  checkArrayAnswer,
  type CsvAnswer,
  type RowAnswer,
} from '../inference/array-answer.ts';
import { findRows, toRequestRows, type GivenRows } from '../inference/given-rows.ts';
import { nameColumns } from '../inference/model-table.ts';
import { checkValues, describeUnused, leaveOutBad, type RequestRows } from '../inference/rows.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import { describeSource } from '../models/source.ts';
import { drawRowPairs, type ImageFormat } from '../pictures/drawing/grid.ts';
import {
  answerJson,
  answerPng,
  findImageFormat,
  toImages,
  wantOf,
  type JsonAnswer,
  type Pictured,
} from '../pictures/pictured.ts';
import { createExpectation } from '../score/cells.ts';
import { collectIds, withoutIds } from '../score/ids.ts';
import type { ApiOptions } from '../types.ts';
import { conditionRows, type Condition } from './condition.ts';
import type {
  ConditionalSamplesAnswer,
  ConditionalSamplesRequest,
  ImputeAnswer,
  ImputedCell,
  ImputeRequest,
} from './schemas.ts';

type Output = Outputs['impute'];

/**
 * Fills in missing values of rows. For images also as a picture of each row above what it becomes. Errors: not_acceptable,
 * too_large, validation_failed, no_encoder.
 */
export async function imputeRequest(
  api: ApiOptions,
  request: WithArray<ImputeRequest>,
  accept: string | undefined,
): Promise<Timed<Pictured<ImputeAnswer> | RowAnswer<ImputeAnswer>>> {
  const chosen = chooseAnswerFormat(request.format, accept, FILE_FORMATS);
  const wanted = wantOf(chosen, request);
  const record = await api.store.models.get(request.model_id);
  const format = await findImageFormat(api, record, wanted);
  const table = findTable(record);
  checkArrayAnswer(record, chosen);
  const sent = await findRows(api, record, request);
  const given = fixCells(record, sent, request);
  const { rows, step, output, ...timing } = await compute(api, record, request, given, request.draws);
  const filled = fill(rows, output);
  if (format !== null) {
    const before = { values: showMissing(rows.data, format), format };
    return { body: answerPng(drawRowPairs(before, toImages({ filled }, 'filled', format)), wanted), timing };
  }
  const [origin, cells] = [{ record, step, rows }, decodeRows(filled, record)];
  if (chosen === 'npy') return { body: answerDataNpy(origin, filled, cells), timing };
  if (chosen === 'csv') return { body: answerDataCsv(origin, cells), timing };
  const content: ImputeAnswer = {
    ...describeSource(record, step),
    ...describeMethod(request),
    ...nameColumns(record),
    data: leaveOutBad(rows, cells),
    ...(table && { cells: leaveOutBad(rows, listImputed(record, table, rows, output)) }),
    ...(output.draws && {
      draws: splitDraws(output.draws.data, rows).map((each) => leaveOutBad(rows, decodeRows(each, record))),
    }),
    effective_sample_size: leaveOutBad(rows, toNumbers(output, 'effective_sample_size')),
    ...collectIds(table, sent.kind === 'cells' ? sent.cells : []),
    ...describeUnused({ ...rows, ignored: withoutIds(table, rows.ignored) }),
  };
  return { body: answerJson(content), timing };
}

/** Draws rows of a table that have the given values, as JSON or CSV. Errors: not_acceptable, too_large, validation_failed, no_encoder. */
export async function sampleGiven(
  api: ApiOptions,
  request: ConditionalSamplesRequest,
  accept: string | undefined,
): Promise<Timed<JsonAnswer<ConditionalSamplesAnswer> | CsvAnswer>> {
  const type = request.format ?? negotiate(accept, [JSON_TYPE, CSV_TYPE]);
  const record = await api.store.models.get(request.model_id);
  const table = findTable(record);
  if (table === null) throw refuseArrays(record);
  const cells = conditionRows(table, record.model.likelihood, [{}], request);
  const given: GivenRows = { kind: 'cells', cells, pointer: '/data', count: 1 };
  const { rows, step, output, ...timing } = await compute(api, record, request, given, request.count);
  const [effective = 0] = toNumbers(output, 'effective_sample_size');
  const draws = splitDraws(output.draws?.data ?? new Float32Array(), rows);
  const drawn = draws.flatMap((each) => decodeRows(each, record));
  if (type === 'csv' || type === CSV_TYPE) return { body: answerDataCsv({ record, step }, drawn), timing };
  const content: ConditionalSamplesAnswer = {
    ...describeSource(record, step),
    ...describeMethod(request),
    ...nameColumns(record),
    data: drawn,
    effective_sample_size: effective,
  };
  return { body: { type: JSON_TYPE, content }, timing };
}

/** Values of a request in place of those of its rows; only then rows of the data set become cells. */
function fixCells(record: ModelRecord, sent: GivenRows, condition: Condition): GivenRows {
  const isFree = Object.keys(condition.given ?? {}).length + (condition.hidden ?? []).length === 0;
  if (isFree) return sent;
  const rows = sent.kind === 'cells' ? sent.cells : decodeRows(toRowMatrix(record, sent), record);
  const cells = conditionRows(findTable(record), record.model.likelihood, rows, condition);
  return { kind: 'cells', cells, pointer: '/data', count: sent.count };
}

const toRowMatrix = (
  { data_size: size }: ModelRecord,
  { count, values }: GivenRows & { kind: 'values' },
): Matrix => ({ shape: [count, size], data: values });

const refuseArrays = ({ id }: ModelRecord): AppError =>
  AppError.of(
    'validation_failed',
    { what: 'The request' },
    {
      problems: [
        {
          pointer: '/model_id',
          detail: `found ${id}, whose rows are no table; allowed: a model of a table (GET /samples draws rows of any model, POST /impute fills in parts of them)`,
        },
      ],
    },
  );

const describeMethod = ({ samples, seed }: { samples: number; seed: number }) =>
  ({ method: 'importance_sampling', samples, seed }) as const;

async function compute(
  api: ApiOptions,
  record: ModelRecord,
  request: Pick<ImputeRequest, 'samples' | 'seed' | 'checkpoint'>,
  given: GivenRows,
  draws: number,
) {
  const { maxInferenceValues: limit } = api.config;
  checkValues('Rows times passes through the decoder', given.count * request.samples, limit);
  checkValues('The answer', given.count * record.data_size * (draws + 1), limit);
  const rows = toRequestRows(api, record, given);
  const computed = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, request),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'impute',
    input: { rows: toMatrix(rows), rounds: request.samples / SCORE_DRAWS, draws, seed: request.seed },
  });
  return { ...computed, rows };
}

/** Errors: answer_not_finite. */
function fill(rows: RequestRows, output: Output): Matrix {
  return takeFinite({ data: { shape: rows.shape, data: fillMissing(rows.data, output) } }, 'data');
}

function splitDraws(data: Float32Array, { shape }: RequestRows): Matrix[] {
  const size = shape[0] * shape[1];
  return Array.from({ length: data.length / size }, (_, draw) => ({
    shape,
    data: data.subarray(draw * size, (draw + 1) * size),
  }));
}

/** For each row, what is expected in each column that has no value. */
function listImputed(
  record: ModelRecord,
  table: TableSchema,
  { shape: [count, size], data }: RequestRows,
  output: Output,
): ImputedCell[][] {
  const expect = createExpectation(record, output);
  const groups = [...groupFeatures(table)];
  return Array.from({ length: count }, (_unused, row) =>
    groups.flatMap(([index, [first = 0]], column): ImputedCell[] =>
      Number.isNaN(data[row * size + first])
        ? [{ column: table.columns[index]?.name ?? '', expected: expect(row, column) }]
        : [],
    ),
  );
}

/** Missing pixels in the middle between black and white. */
function showMissing(values: Float32Array, { black, white }: ImageFormat): Float32Array {
  return values.map((value) => (Number.isNaN(value) ? (black + white) / 2 : value));
}
