import { AppError } from '../../errors.ts';
import { findTable } from '../../model/dataset.ts';
import {
  createFeatureWriters,
  listFeatures,
  shortenFloat32,
  type Cell,
  type TableSchema,
} from '../../model/table.ts';
import type { Matrix } from '../../queue/arrays.ts';
import type { Outputs } from '../../queue/operations.ts';
import type { Timed } from '../http/timing.ts';
import { takeFinite } from '../inference/answers.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import { describeSource } from '../models/source.ts';
import type { ApiOptions } from '../types.ts';
import type { ComparedColumn, FidelityAnswer, FidelityQuery } from './schemas.ts';

/** Compares samples of a table's model with its validation rows. Errors: not_a_table, data_invalid, dataset_not_found. */
export async function compareSamples(
  api: ApiOptions,
  id: string,
  query: FidelityQuery,
): Promise<Timed<FidelityAnswer>> {
  const { samples, seed } = query;
  const record = await api.store.models.get(id);
  const table = findTable(record);
  if (table === null) throw AppError.of('not_a_table', { id });
  const { step, output, ...timing } = await api.producer.infer({
    modelId: id,
    checkpoint: chooseCheckpoint(record, query),
    timeoutMs: api.config.inferenceTimeoutMs,
    operation: 'fidelity',
    input: { samples, seed },
  });
  const [rows = 0] = output.rows.data;
  const [auc = 0, error = 0] = takeFinite(output, 'auc').data;
  const body = {
    ...describeSource(record, step),
    seed,
    rows,
    columns: presentColumns(table, output, rows),
    correlation: presentCorrelation(table, output),
    auc: shortenFloat32(auc),
    auc_standard_error: shortenFloat32(error),
  };
  return { body, timing };
}

function presentColumns(table: TableSchema, output: Outputs['fidelity'], rows: number): ComparedColumn[] {
  const writers = createFeatureWriters(table);
  return listFeatures(table).map(({ name, column, part }, feature) => {
    const write = writers[feature] ?? (() => null);
    const missing = output.missing.data[feature] ?? 0;
    const words = presentWords(output, feature, write, rows * (1 - missing));
    const isWord = words.length > 0;
    const own = table.columns[column];
    const isNumber = part === 'value' && (own?.role === 'number' || own?.role === 'count');
    const place = isNumber ? (value: number) => moveBack(value, own.offset) : write;
    const present = (moments: Matrix) => (isWord ? null : presentMoments(moments, feature, place));
    return {
      column: name,
      missing: shortenFloat32(missing),
      data: present(output.data_moments),
      samples: present(output.sample_moments),
      words: isWord ? words : null,
    };
  });
}

function presentMoments({ shape: [, width], data }: Matrix, feature: number, place: (value: number) => Cell) {
  const [mean = NaN, ...errors] = data.subarray(feature * width, (feature + 1) * width);
  const [meanError, deviation, deviationError] = errors.map((value) =>
    Number.isFinite(value) ? shortenFloat32(value) : null,
  );
  return {
    mean: Number.isFinite(mean) ? place(mean) : null,
    mean_error: meanError ?? null,
    standard_deviation: deviation ?? null,
    standard_deviation_error: deviationError ?? null,
  };
}

/** A sum is a double. */
const moveBack = (value: number, offset: number): number =>
  offset === 0 ? shortenFloat32(value) : value + offset;

function presentWords(
  { codes, data_shares, sample_shares }: Outputs['fidelity'],
  feature: number,
  write: (value: number) => Cell,
  values: number,
): NonNullable<ComparedColumn['words']> {
  const [, width] = codes.shape;
  const own = Array.from(codes.data.subarray(feature * width, (feature + 1) * width));
  return own.flatMap((code, i) => {
    if (Number.isNaN(code)) return [];
    const [data, samples] = [data_shares, sample_shares].map(
      (shares) => shares.data[feature * width + i] ?? 0,
    );
    const [one, other] = [data ?? 0, samples ?? 0];
    const error = Math.sqrt((one * (1 - one) + other * (1 - other)) / values);
    return [{ word: write(code), data: shortenFloat32(one), samples: shortenFloat32(other), error }];
  });
}

function presentCorrelation(
  table: TableSchema,
  { correlated, correlations }: Outputs['fidelity'],
): FidelityAnswer['correlation'] {
  if (correlated === undefined || correlations === undefined) return null;
  const features = listFeatures(table);
  const [data = 0, samples = 0] = correlations.data;
  const columns = Array.from(correlated.data, (feature) => features[feature]?.name ?? '');
  return {
    columns,
    data: shortenFloat32(data),
    samples: shortenFloat32(samples),
    difference: Math.abs(data - samples),
  };
}
