import type { Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import { propose, warningsFor, warnOfSharedProfile, warnOfTestRows } from '../../model/dataset.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import { toPage, type PageQuery } from '../http/schemas.ts';
import type { Dataset, DatasetDetails, UploadQuery } from './schemas.ts';
import type { ApiOptions } from '../types.ts';

/** Errors: data_invalid, too_large, or the signal's reason if it aborts; then nothing is kept. */
export async function createDataset(
  api: ApiOptions,
  source: Readable | undefined,
  query: UploadQuery,
  signal: AbortSignal,
): Promise<DatasetDetails> {
  if (source === undefined) {
    throw AppError.of('data_invalid', { where: 'the body', found: 'nothing', allowed: 'the file itself' });
  }
  const { name, format, scale, test_rows: testRows, header } = query;
  const upload = {
    name,
    ...(format === undefined ? {} : { format }),
    ...(scale === undefined ? {} : { scale }),
    ...(testRows === undefined ? {} : { testRows }),
    ...(header === 'auto' ? {} : { header: header === 'true' }),
  };
  const record = await api.store.datasets.create(source, upload, signal);
  return presentDetails(record);
}

/** Errors: dataset_not_found, id_invalid. */
export async function getDataset(api: ApiOptions, id: string): Promise<DatasetDetails> {
  return presentDetails(await api.store.datasets.get(id));
}

export async function listDatasets(
  api: ApiOptions,
  query: PageQuery,
): Promise<{ data: Dataset[]; has_more: boolean }> {
  const { records, hasMore } = await api.store.datasets.list(toPage(query));
  return { data: records.map(presentDataset), has_more: hasMore };
}

function presentDataset({ profile, test_profile, table, ...dataset }: DatasetRecord): Dataset {
  return dataset;
}

function presentDetails(record: DatasetRecord): DatasetDetails {
  const { profile } = record;
  if (profile === null) return { ...record, proposal: null, warnings: [] };
  const { likelihood, binarization, reasons } = propose(profile);
  return {
    ...record,
    proposal: { likelihood, binarization, reasons: [...reasons] },
    warnings: [
      ...warningsFor(profile, likelihood, binarization),
      ...warnOfTestRows(likelihood, record.test_profile),
      ...warnOfSharedProfile(record),
    ],
  };
}
