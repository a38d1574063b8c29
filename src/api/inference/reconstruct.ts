import type { ModelRecord } from '../../store/models.ts';
import { toDataRows, toStoredRows } from './answers.ts';
import { answerDataCsv, answerDataNpy, checkArrayAnswer, type RowAnswer } from './array-answer.ts';
import { nameColumns } from './model-table.ts';
import { drawRowPairs } from '../pictures/drawing/grid.ts';
import { checkRowPlaces, findRows, toRequestRows } from './given-rows.ts';
import { checkValues, describeUnused, leaveOutBad, type RequestRows } from './rows.ts';
import type { ReconstructAnswer, ReconstructRequest } from './schemas.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import { describeSource } from '../models/source.ts';
import { chooseAnswerFormat, FILE_FORMATS } from '../http/answer-format.ts';
import type { WithArray } from '../http/array-bodies.ts';
import type { ApiOptions } from '../types.ts';
import type { Timed } from '../http/timing.ts';
import {
  answerJson,
  answerPng,
  findImageFormat,
  toImages,
  wantOf,
  type Pictured,
} from '../pictures/pictured.ts';

/**
 * Passes rows of the request or of the model's data set through encoder and decoder. Errors: not_acceptable, too_large,
 * data_invalid, those of findRows.
 */
export async function reconstruct(
  api: ApiOptions,
  request: WithArray<ReconstructRequest>,
  accept: string | undefined,
): Promise<Timed<Pictured<ReconstructAnswer> | RowAnswer<ReconstructAnswer>>> {
  const chosen = chooseAnswerFormat(request.format, accept, FILE_FORMATS);
  const wanted = wantOf(chosen, request);
  const record = await api.store.models.get(request.model_id);
  const format = await findImageFormat(api, record, wanted);
  checkArrayAnswer(record, chosen);
  const { step, given, output, ...timing } = await computeRows(api, record, request);
  if (format !== null) {
    const pairs = drawRowPairs({ values: given.data, format }, toImages(output, 'mean', format));
    return { body: answerPng(pairs, wanted), timing };
  }
  const [origin, mean] = [{ record, step, rows: given }, toDataRows(output, 'mean', record)];
  if (chosen === 'npy') return { body: answerDataNpy(origin, output.mean, mean), timing };
  if (chosen === 'csv') return { body: answerDataCsv(origin, mean), timing };
  const content = {
    ...describeSource(record, step),
    ...nameColumns(record),
    mean: leaveOutBad(given, mean),
    ...(request.rows && { data: toStoredRows({ data: given }, 'data', record) }),
    ...describeUnused(given),
  };
  return { body: answerJson(content), timing };
}

/** `given`: the rows that are reconstructed. */
async function computeRows(api: ApiOptions, record: ModelRecord, request: WithArray<ReconstructRequest>) {
  checkRowPlaces(request);
  const { rows } = request;
  if (rows === undefined) {
    const given = toRequestRows(api, record, await findRows(api, record, request));
    const computed = await api.producer.infer({
      modelId: record.id,
      checkpoint: chooseCheckpoint(record, request),
      timeoutMs: api.config.inferenceTimeoutMs,
      operation: 'reconstruct',
      input: { rows: { shape: given.shape, data: given.data } },
    });
    return { ...computed, given };
  }
  checkValues('The answer', 2 * rows.length * record.data_size, api.config.maxInferenceValues);
  const computed = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, request),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'reconstruct_dataset_rows',
    input: { datasetRows: rows },
  });
  const given: RequestRows = { ...computed.output.data, errors: [], ignored: [] };
  return { ...computed, given };
}
