import { summarizeColumns } from '../../model/dataset.ts';
import type { ApiOptions } from '../types.ts';
import type { DatasetStatistics } from './content-schemas.ts';

/** What the stored profile tells of each column; reads no rows. Errors: dataset_not_found, id_invalid. */
export async function getStatistics(api: ApiOptions, id: string): Promise<DatasetStatistics> {
  const { rows, test_rows, table, profile } = await api.store.datasets.get(id);
  return {
    dataset_id: id,
    rows: rows - test_rows,
    test_rows,
    columns: summarizeColumns(table, profile).map(({ standardDeviation, otherShare, ...column }) => ({
      ...column,
      words: column.words && [...column.words],
      standard_deviation: standardDeviation,
      other_share: otherShare,
    })),
  };
}
