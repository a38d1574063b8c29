import { findTable } from '../../model/dataset.ts';
import { describeFeatures, type FeatureRole } from '../../model/dataset/described-features.ts';
import { listFrequentCodes, hideMissing, listValues, type Compared } from '../../model/fidelity/compared.ts';
import { findLargestDifference } from '../../model/fidelity/correlations.ts';
import { computeMoments } from '../../model/fidelity/moments-of-values.ts';
import { tellApart } from '../../model/fidelity/tell-apart.ts';
import {
  createRowDecoder,
  createRowEncoder,
  listModelledColumns,
  type Cell,
  type TableSchema,
} from '../../model/table.ts';
import { listRanges } from '../../model/specification.ts';
import type { ModelRecord } from '../../store/models.ts';
import type { Matrix } from '../../queue/arrays.ts';
import { AppError } from '../../errors.ts';
import { readValues } from '../row-values.ts';
import { selectSpreadRows } from './dataset-rows.ts';
import { keyNoise, never, type InferenceSubject, type Runner } from './operation.ts';

/** Words of a feature that are compared. */
const WORDS = 10;
const FEWEST_ROWS = 10;
/** Of the rows, to bound the time that the classifier takes; but some rows it must have. */
const [MOST_VALUES, ALWAYS_ROWS] = [200_000, 100];
const MOMENTS = 4;

const IS_CODE: { readonly [Role in FeatureRole]: boolean } = {
  number: false,
  count: false,
  flag: true,
  category: true,
  time: false,
  hour: true,
  weekday: true,
  month: true,
};

/** Holds validation rows of a table against as many samples. */
export const fidelity: Runner<'fidelity'> = {
  needsEncoder: never,
  run: async (subject, { samples, seed }) => {
    const compared = await drawCompared(subject, samples, seed);
    const { rows, features, data } = compared;
    const correlation = findLargestDifference(compared);
    const auc = tellApart(compared);
    const missing = Float32Array.from({ length: features }, (_, feature) => {
      return 1 - listValues(compared, 'data', feature).length / rows;
    });
    return {
      rows: { shape: [1], data: Uint32Array.of(data.length / features) },
      missing: { shape: [features], data: missing },
      ...describeMoments(compared),
      ...describeWords(compared),
      ...(correlation && {
        correlated: { shape: [2] as const, data: Uint32Array.from(correlation.features) },
        correlations: { shape: [2] as const, data: Float32Array.of(correlation.data, correlation.samples) },
      }),
      auc: { shape: [2], data: Float32Array.of(auc.value, auc.standardError) },
    };
  },
};

/** Errors: data_invalid if there are too few validation rows; dataset_not_found. */
async function drawCompared(subject: InferenceSubject, limit: number, seed: number): Promise<Compared> {
  const { inference, parameters, record, datasets } = subject;
  const table = findTable(record);
  if (table === null) throw new RangeError(`model ${record.id} has no table`);
  const most = Math.max(ALWAYS_ROWS, Math.floor(MOST_VALUES / record.data_size));
  const data = await datasets.use(record.dataset_id, (reader) =>
    readValues(reader, selectSpreadRows(reader.record, record, 'validation', Math.min(limit, most))),
  );
  const [rows = 0, features = 0] = data.shape;
  if (rows < FEWEST_ROWS) {
    const found = `${rows} validation rows`;
    throw AppError.of('data_invalid', { where: 'rows', found, allowed: `at least ${FEWEST_ROWS}` });
  }
  const noise = keyNoise({ seed });
  const { latents } = await inference.sample(parameters, rows, noise);
  const drawn = await inference.drawData(parameters, latents, noise);
  const isCode = describeFeatures(table).map(({ role }) => IS_CODE[role]);
  const samples = writeAsCells(record, table, drawn.data);
  return { rows, features, isCode, data: data.data, samples: hideMissing(data.data, samples) };
}

/**
 * The features of samples as answers write them: with the decimals and units of their columns, and with times that agree with their
 * weekdays. Otherwise roundings would tell them from the data.
 */
function writeAsCells(
  { model: { likelihood }, data_size: size }: ModelRecord,
  table: TableSchema,
  samples: Float32Array,
): Float32Array {
  const [decode, encode] = [createRowDecoder(table, listRanges(likelihood)), createRowEncoder(table)];
  const modelled = listModelledColumns(table);
  const written = new Float32Array(samples.length);
  for (let at = 0; at < samples.length; at += size) {
    const cells = table.columns.map((): Cell => null);
    decode(samples.subarray(at, at + size)).forEach((cell, i) => (cells[modelled[i] ?? 0] = cell));
    encode(cells, written, at);
  }
  return written;
}

/** [features, 4]: mean, its error, standard deviation, its error; NaN for codes. */
function describeMoments(compared: Compared): { data_moments: Matrix; sample_moments: Matrix } {
  const describe = (side: 'data' | 'samples'): Matrix => {
    const values = compared.isCode.flatMap((isCode, feature) => {
      if (isCode) return new Array<number>(MOMENTS).fill(NaN);
      const { mean, meanError, deviation, deviationError } = computeMoments(
        listValues(compared, side, feature),
      );
      return [mean, meanError, deviation, deviationError];
    });
    return { shape: [compared.features, MOMENTS], data: Float32Array.from(values) };
  };
  return { data_moments: describe('data'), sample_moments: describe('samples') };
}

/** [features, 10]: the codes that are most frequent in the data and their shares; NaN for numbers and beyond the last code. */
function describeWords(compared: Compared): { codes: Matrix; data_shares: Matrix; sample_shares: Matrix } {
  const { features, isCode } = compared;
  const codes = isCode.map((one, feature) => (one ? listFrequentCodes(compared, feature, WORDS) : []));
  const toMatrix = (find: (feature: number, code: number) => number): Matrix => {
    const data = new Float32Array(features * WORDS).fill(NaN);
    codes.forEach((own, feature) => {
      own.forEach((code, i) => (data[feature * WORDS + i] = find(feature, code)));
    });
    return { shape: [features, WORDS], data };
  };
  const share =
    (side: 'data' | 'samples') =>
    (feature: number, code: number): number => {
      const values = listValues(compared, side, feature);
      return values.filter((value) => value === code).length / values.length;
    };
  return {
    codes: toMatrix((_feature, code) => code),
    data_shares: toMatrix(share('data')),
    sample_shares: toMatrix(share('samples')),
  };
}
