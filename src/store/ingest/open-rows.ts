import { LIKELIHOOD_LIMITS } from '../../model/specification.ts';
import type { DatasetUpload } from '../datasets.ts';
import type { RandomAccess, StoreDriver } from '../driver.ts';
import type { ArrayFile, FileSettings } from '../formats/file.ts';
import { openFile } from '../formats/open-file.ts';
import { keepArrayLabels } from './cell-keepers.ts';
import { readNumbers } from './numbers.ts';
import type { IngestOrder } from './order.ts';
import type { IngestRows } from './rows.ts';
import { createSettingProblem } from './settings.ts';
import { readTable } from './table.ts';

/**
 * Opens a stored upload: a table, whose columns have roles, or an array. A table with a scale, or with more columns than can have
 * roles, is an array of numbers. Errors: data_invalid, too_large, validation_failed.
 */
export async function openRows(
  driver: StoreDriver,
  order: IngestOrder,
  source: RandomAccess,
): Promise<IngestRows> {
  const settings = toFileSettings(order);
  const file = await openFile(source, settings);
  try {
    if (file.kind === 'array') {
      refuseTableSettings(order.upload);
      return readArray(driver, order.id, file);
    }
    if (order.upload.scale !== undefined || file.width > LIKELIHOOD_LIMITS.columns) {
      return readNumbers(file, order.upload);
    }
    return await readTable(driver, order, file, () => openFile(source, settings));
  } catch (error) {
    await file.close();
    throw error;
  }
}

function toFileSettings({ upload, limits }: IngestOrder): FileSettings {
  const { format, header, encoding } = upload;
  return {
    limits,
    ...(format !== undefined && { format }),
    ...(header !== undefined && { header }),
    ...(encoding !== undefined && { encoding }),
  };
}

function refuseTableSettings({ columns, missing }: DatasetUpload): void {
  const given = Object.entries({ columns, missing }).find(([, value]) => value !== undefined);
  if (given) throw createSettingProblem(given[0], 'must be absent: the file holds an array, not a table');
}

function readArray(driver: StoreDriver, id: string, file: ArrayFile): IngestRows {
  const { format, rowShape, dataSize, dtype, pieces, labels } = file;
  return {
    format,
    rowShape,
    dataSize,
    dtype,
    header: null,
    table: null,
    names: null,
    pieces: labels === null ? pieces : keepArrayLabels(driver, id, pieces, labels),
    close: () => file.close(),
  };
}
