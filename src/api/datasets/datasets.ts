import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import { propose, warningsFor, warnOfSharedProfile, warnOfTestRows } from '../../model/dataset.ts';
import { isModelled, OTHER_WORD, type Role } from '../../model/table.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import { findCharset, FORM_TYPE, toMediaType } from '../http/media.ts';
import { toPage, type PageQuery } from '../http/schemas.ts';
import { openForm } from './form.ts';
import { MAX_NAME, type Dataset, type DatasetDetails, type UploadQuery } from './schemas.ts';
import { checkForm, toUpload } from './upload-settings.ts';
import type { ApiOptions } from '../types.ts';

/** Errors: data_invalid, too_large, validation_failed, or the signal's reason if it aborts; then nothing is kept. */
export async function createDataset(
  api: ApiOptions,
  body: Readable | undefined,
  query: UploadQuery,
  { headers, signal }: { readonly headers: IncomingHttpHeaders; readonly signal: AbortSignal },
): Promise<DatasetDetails> {
  if (body === undefined) {
    throw AppError.of('data_invalid', { where: 'the body', found: 'nothing', allowed: 'the file itself' });
  }
  const { datasets } = api.store;
  const type = headers['content-type'];
  if (toMediaType(type) !== FORM_TYPE) {
    return presentDetails(await datasets.create(body, toUpload(query, findCharset(type)), signal));
  }
  toUpload(query);
  const { file, rest } = openForm(body, headers);
  const readSettings = async () => {
    const { fields, filename } = await rest;
    return toUpload(checkForm({ name: filename?.slice(0, MAX_NAME), ...query, ...fields }));
  };
  return presentDetails(await datasets.create(file, readSettings, signal));
}

/** Errors: no_source, dataset_not_found, and those of createDataset. */
export async function changeRoles(
  api: ApiOptions,
  id: string,
  change: { readonly name?: string; readonly columns: Readonly<Record<string, Role>> },
  signal: AbortSignal,
): Promise<DatasetDetails> {
  return presentDetails(await api.store.datasets.derive(id, change, signal));
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
  const unmodelled = warnOfUnmodelled(record);
  if (profile === null) return { ...record, proposal: null, warnings: unmodelled };
  const { likelihood, binarization, reasons } = propose(profile);
  return {
    ...record,
    proposal: { likelihood, binarization, reasons: [...reasons] },
    warnings: [
      ...unmodelled,
      ...warningsFor(profile, likelihood, binarization),
      ...warnOfTestRows(likelihood, record.test_profile),
      ...warnOfSharedProfile(record),
    ],
  };
}

/** Which columns the model will not see, and which words are pooled. */
function warnOfUnmodelled({ table }: DatasetRecord): string[] {
  const left = table?.columns.filter(({ role }) => !isModelled(role)) ?? [];
  const names = left.map(({ name, role }) => `${name} (${role})`).join(', ');
  const pooled = (table?.columns ?? []).flatMap((column) =>
    'other_share' in column && column.other_share > 0
      ? [
          `Column ${column.name} keeps its ${column.labels.length} most frequent words. All other words (${(100 * column.other_share).toPrecision(2)} % of its values) become "${OTHER_WORD}".`,
        ]
      : [],
  );
  return [...(left.length > 0 ? [`Not modelled: ${names}.`] : []), ...pooled];
}
