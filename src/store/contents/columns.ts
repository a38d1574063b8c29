import { columnName } from '../../model/dataset.ts';
import {
  createCodeWriter,
  createRowDecoder,
  findCellKind,
  isModelled,
  listFeatures,
  type Cell,
  type TableColumn,
  type TableSchema,
} from '../../model/table.ts';
import type { DatasetRecord } from '../datasets.ts';
import type { OutputColumn } from '../../model/specification.ts';
import { findLabelColumn, listIdColumns, MISSING_LABEL } from '../kept-cells.ts';

/** Which columns of a table can be shown, and how a row of them is put together. */
export interface TableLayout {
  readonly columns: readonly OutputColumn[];
  readonly hasIds: boolean;
  readonly hasLabels: boolean;
  /** Cells of a row from its features, the cells of its ids, and the code of its label (NaN: not known). */
  readonly decode: (features: Float32Array, ids: readonly Cell[], label: number) => Cell[];
}

type Part = (modelled: readonly Cell[], ids: readonly Cell[], label: number) => Cell;

/** Text and ignored columns are not kept. Of several label columns, the first one is. */
export function layOutTable(record: DatasetRecord, table: TableSchema): TableLayout {
  const [ids, label] = [listIdColumns(table), findLabelColumn(table)];
  const others = listOthers(record, table);
  const decodeRow = createRowDecoder(table);
  const columns: OutputColumn[] = [];
  const parts: Part[] = [];
  let modelled = 0;
  table.columns.forEach((column, index) => {
    const part = isModelled(column.role) ? takeModelled(modelled++) : createPart(column, index, ids, label);
    if (part === null) return;
    columns.push({ name: column.name, kind: findCellKind(column, others.has(index)) });
    parts.push(part);
  });
  return {
    columns,
    hasIds: ids.length > 0,
    hasLabels: label >= 0,
    decode: (features, idCells, code) => {
      const cells = decodeRow(features);
      return parts.map((part) => part(cells, idCells, code));
    },
  };
}

const takeModelled =
  (position: number): Part =>
  (modelled) =>
    modelled[position] ?? null;

/** null if the cells of the column are not kept. */
function createPart(
  column: TableColumn,
  index: number,
  ids: readonly number[],
  labelIndex: number,
): Part | null {
  if (column.role === 'id') return (_, cells) => cells[ids.indexOf(index)] ?? null;
  if (column.role !== 'label' || index !== labelIndex) return null;
  const write = createCodeWriter(column);
  return (_modelled, _ids, label) => write(label === MISSING_LABEL ? NaN : label);
}

/** Indices of the columns of which a value may be the word for all others. */
function listOthers({ profile }: DatasetRecord, table: TableSchema): Set<number> {
  const features = listFeatures(table);
  const indices = (profile?.columns ?? []).flatMap(({ other = 0 }, feature) =>
    other > 0 ? [features[feature]?.column ?? -1] : [],
  );
  const labels = table.columns.flatMap((column, index) =>
    'other_share' in column && column.other_share > 0 ? [index] : [],
  );
  return new Set([...indices, ...labels]);
}

/** Arrays of one axis may have names. */
export function nameValues({ data_size: size, profile }: DatasetRecord): OutputColumn[] {
  const names = profile?.per_column === true ? profile.columns.map(({ name }) => name) : [];
  return Array.from({ length: size }, (_, i) => ({ name: names[i] ?? columnName(i), kind: 'number' }));
}
