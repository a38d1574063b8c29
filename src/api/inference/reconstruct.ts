import { AppError } from '../../errors.ts';
import { unpackArray } from '../../queue/jobs.ts';
import type { ModelRecord } from '../../store/models.ts';
import { columnNames, dataRows, givenRows } from './answers.ts';
import { pairedRows } from '../pictures/drawing/grid.ts';
import { checkValues } from './rows.ts';
import type { ReconstructAnswer, ReconstructRequest } from './schemas.ts';
import type { ApiOptions } from '../types.ts';
import { compute, packData, type Timed } from './compute.ts';
import { asJson, asPng, formatFor, imagesOf, type Pictured } from '../pictures/pictured.ts';

/**
 * Each row through encoder and decoder: rows of the request, or of the model's data set. Errors: not_acceptable, too_large,
 * data_invalid, those of packData.
 */
export async function reconstruct(
  api: ApiOptions,
  request: ReconstructRequest,
  accept: string | undefined,
): Promise<Timed<Pictured<ReconstructAnswer>>> {
  const wanted = { ...request, accept };
  const record = await api.store.models.get(request.model_id);
  const format = await formatFor(api, record, wanted);
  const work = inputOf(api, record, request);
  const { result, timing } = await compute(api, request, { operation: 'reconstruct', ...work });
  if (format !== null) {
    const inputs =
      work.rows === null ? imagesOf(result, 'data', format) : { values: unpackArray(work.rows).data, format };
    return { body: asPng(pairedRows(inputs, imagesOf(result, 'mean', format)), wanted), timing };
  }
  const { likelihood } = record.model;
  const content = {
    model_id: record.id,
    step: result.step,
    ...columnNames(likelihood),
    mean: dataRows(result, 'mean', likelihood),
    ...(work.rows === null ? { data: givenRows(result, 'data', likelihood) } : {}),
  };
  return { body: asJson(content), timing };
}

function inputOf(api: ApiOptions, record: ModelRecord, { data, rows }: ReconstructRequest) {
  if (data !== undefined && rows === undefined) return { rows: packData(api, record, data) };
  if (rows !== undefined && data === undefined) {
    checkValues('The answer', 2 * rows.length * record.data_size, api.config.maxInferenceValues);
    return { rows: null, datasetRows: rows };
  }
  const detail =
    data === undefined ? 'required, or rows in its place' : 'found beside rows; allowed: one of them';
  throw AppError.of('validation_failed', { what: 'The body' }, { problems: [{ pointer: '/data', detail }] });
}
