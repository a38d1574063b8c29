import { findTable, toPercentile, toPValue } from '../../model/dataset.ts';
import { oneHotGroups, SCORE_DRAWS } from '../../model/specification.ts';
import { toMatrix } from '../../queue/arrays.ts';
import { UNCALIBRATED, type Outputs, type Uncalibrated } from '../../queue/operations.ts';
import type { ModelRecord } from '../../store/models.ts';
import { chooseAnswerFormat, FILE_FORMATS } from '../http/answer-format.ts';
import type { WithArray } from '../http/array-bodies.ts';
import type { Timed } from '../http/timing.ts';
import { HttpError } from '../http/http-error.ts';
import { takeFinite, toNumbers } from '../inference/answers.ts';
import { answerLists, answerNpy, type RowAnswer } from '../inference/array-answer.ts';
import { findRows, toRequestRows } from '../inference/given-rows.ts';
import { nameColumns } from '../inference/model-table.ts';
import { checkValues, describeUnused, leaveOutBad, type RequestRows } from '../inference/rows.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import { describeSource } from '../models/source.ts';
import { drawRowPairs, type ImageFormat } from '../pictures/drawing/grid.ts';
import { answerJson, answerPng, findImageFormat, wantOf, type Pictured } from '../pictures/pictured.ts';
import type { ApiOptions } from '../types.ts';
import { toScoredCells } from './cells.ts';
import { colourHeat, toColour } from './heat.ts';
import { collectIds, withoutIds } from './ids.ts';
import { CELLS_BY_DEFAULT, type ScoreAnswer, type ScoreRequest } from './schemas.ts';

/**
 * How strange rows are, why, and what was expected; for images also as a picture. Errors: not_acceptable, too_large,
 * validation_failed, no_encoder.
 */
export async function scoreRequest(
  api: ApiOptions,
  request: WithArray<ScoreRequest>,
  accept: string | undefined,
): Promise<Timed<Pictured<ScoreAnswer> | RowAnswer<ScoreAnswer>>> {
  const chosen = chooseAnswerFormat(request.format, accept, FILE_FORMATS);
  const wanted = wantOf(chosen, request);
  const record = await api.store.models.get(request.model_id);
  const format = await findHeatFormat(api, record, wanted);
  const { maxInferenceValues: limit } = api.config;
  const given = await findRows(api, record, request);
  checkValues('Rows times passes through the decoder', given.count * SCORE_DRAWS, limit);
  const rows = toRequestRows(api, record, given);
  const columns = chosen === 'json' && (request.columns ?? isColumnedByDefault(record, rows));
  const { step, output, ...timing } = await api.producer.infer({
    modelId: record.id,
    checkpoint: chooseCheckpoint(record, request),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'score',
    input: {
      rows: toMatrix(rows),
      byColumn: columns || format !== null,
      expected: columns,
    },
  });
  if (format !== null) {
    const images = toColour({ values: rows.data, format });
    return { body: answerPng(drawRowPairs(images, colourHeat(output, format)), wanted), timing };
  }
  const origin = { record, step, rows };
  if (chosen === 'npy') return { body: answerNpy(origin, takeFinite(output, 'score')), timing };
  if (chosen === 'csv') {
    const { calibration, ...lists } = describeScores(rows, output, request.alarm_rate);
    return { body: answerLists(origin, lists), timing };
  }
  const [{ alarm_rate }, table] = [request, findTable(record)];
  const content: ScoreAnswer = {
    ...describeSource(record, step),
    unit: 'nats per row',
    method: 'importance_sampling',
    samples: SCORE_DRAWS,
    alarm_rate,
    ...describeScores(rows, output, alarm_rate),
    ...collectIds(table, given.kind === 'cells' ? given.cells : []),
    ...nameColumns(record),
    ...(columns && { cells: leaveOutBad(rows, toScoredCells(record, output)) }),
    ...describeUnused({ ...rows, ignored: withoutIds(table, rows.ignored) }),
  };
  return { body: answerJson(content), timing };
}

/** Errors: not_acceptable if rows are no images, or their pixels one-hot groups. */
async function findHeatFormat(
  api: ApiOptions,
  record: ModelRecord,
  wanted: Parameters<typeof findImageFormat>[2],
): Promise<ImageFormat | null> {
  const format = await findImageFormat(api, record, wanted);
  if (format === null || oneHotGroups(record.model.likelihood) === null) return format;
  throw new HttpError('not_acceptable', {
    detail: 'The values of these rows are one-hot groups, not pixels. Ask for json.',
  });
}

function isColumnedByDefault(record: ModelRecord, { shape }: RequestRows): boolean {
  return findTable(record) !== null && shape[0] * shape[1] <= CELLS_BY_DEFAULT;
}

type Scores = Pick<
  ScoreAnswer,
  'calibration' | 'score' | 'standard_error' | 'percentile' | 'p_value' | 'flag'
>;

function describeScores(rows: RequestRows, output: Outputs['score'], alarmRate: number): Scores {
  const [count = 0] = output.calibration_rows.data;
  const ranks = [...output.at_least.data];
  const among = <T>(values: T[]) => (count === 0 ? null : leaveOutBad(rows, values));
  const pValues = ranks.map((rank) => toPValue(rank, count));
  return {
    calibration: {
      rows: count,
      smallest_p_value: count === 0 ? null : 1 / (count + 1),
      note: describeCalibration(output, alarmRate),
    },
    score: leaveOutBad(rows, toNumbers(output, 'score')),
    standard_error: leaveOutBad(rows, toNumbers(output, 'standard_error')),
    percentile: among(ranks.map((rank) => toPercentile(rank, count))),
    p_value: among(pValues),
    flag: among(pValues.map((value) => value <= alarmRate)),
  };
}

const REASONS: { readonly [Reason in Uncalibrated]: string } = {
  no_validation_rows:
    'The training used no validation rows (training.validation_fraction), so there is nothing to compare scores with.',
  dataset_removed:
    'The data set of the model was removed before its validation rows were scored, so there is nothing to compare scores with.',
};

function describeCalibration(
  { calibration_rows, uncalibrated }: Outputs['score'],
  alarmRate: number,
): string | null {
  const [count = 0] = calibration_rows.data;
  const reason = UNCALIBRATED[uncalibrated?.data[0] ?? -1];
  if (reason !== undefined) return REASONS[reason];
  if (1 / (count + 1) <= alarmRate) return null;
  const smallest = (1 / (count + 1)).toPrecision(2);
  return `With ${count} validation rows the smallest p-value is ${smallest}, so no row can be flagged at an alarm rate of ${alarmRate}.`;
}
