import type { SpecificationProblem } from '../specification/problem.ts';
import type { OutputColumn, OutputFormat } from '../specification/output-format.ts';
import type { LikelihoodSpec } from '../specification/likelihood.ts';
import type { Task } from '../specification/tasks.ts';
import { findCellKind, listModelledColumns, type TableSchema } from '../table.ts';
import { findTable } from './table-of-columns.ts';

interface AppliedModel {
  readonly id: string;
  readonly dataset_id: string;
  readonly data_size: number;
  readonly table: TableSchema | null;
  readonly model: { readonly latent_size: number; readonly likelihood: LikelihoodSpec };
}

interface AppliedDataset {
  readonly id: string;
  readonly data_size: number;
  readonly table: TableSchema | null;
}

/** A note is left out of formats that have no text. */
interface TaskColumn extends OutputColumn {
  readonly isNote?: true;
}

/** The columns of the file that a task makes, in this order. No tensors. */
export interface TaskColumns {
  /** Id columns of the data set. */
  readonly ids: readonly TaskColumn[];
  /** Of the rows as they are in the data set. */
  readonly data: readonly TaskColumn[];
  readonly added: readonly TaskColumn[];
  /** One that says why a row could not be understood, or none. */
  readonly error: readonly TaskColumn[];
}

const number = (name: string): TaskColumn => ({ name, kind: 'number' });
const note = (name: string): TaskColumn => ({ name, kind: 'text', isNote: true });
const PREFIX = 'aevb_';

/** What of a job decides its columns. Of latents, a data set is made. */
export interface TaskOrder {
  readonly task: Task;
  readonly model: AppliedModel;
  /** Null for tasks without rows. */
  readonly dataset: AppliedDataset | null;
  readonly onlyLatents: boolean;
}

export function describeTaskColumns({ task, model, dataset, onlyLatents }: TaskOrder): TaskColumns {
  const table = findTable(model);
  const added = describeAdded(task, model, table, onlyLatents);
  if (dataset === null) return { ids: [], data: [], added, error: [] };
  const ids = (dataset.table?.columns ?? []).flatMap(({ role, name }) => (role === 'id' ? [note(name)] : []));
  const withData = 'withData' in task && task.withData;
  const data = withData ? describeData(dataset.table ?? table, dataset.data_size) : [];
  const named = rename(added, [...ids, ...data]);
  const error = onlyLatents ? [] : rename([note('error')], [...ids, ...data, ...named]);
  return { ids, data, added: named, error };
}

/** For each column, whether a file of this format has it. */
export function chooseColumns({ ids, data, added, error }: TaskColumns, format: OutputFormat): boolean[] {
  return [...ids, ...data, ...added, ...error].map(({ isNote }) => format !== 'npy' || isNote !== true);
}

export function listColumns(columns: TaskColumns, format: OutputFormat): OutputColumn[] {
  const kept = chooseColumns(columns, format);
  const { ids, data, added, error } = columns;
  return [...ids, ...data, ...added, ...error]
    .filter((_, i) => kept[i])
    .map(({ name, kind }) => ({ name, kind }));
}

function describeData(table: TableSchema | null, size: number): TaskColumn[] {
  if (table === null) return Array.from({ length: size }, (_, i) => number(`x${i + 1}`));
  return listModelledColumns(table).flatMap((index) => {
    const column = table.columns[index];
    return column ? [{ name: column.name, kind: findCellKind(column) }] : [];
  });
}

function describeAdded(
  task: Task,
  model: AppliedModel,
  table: TableSchema | null,
  onlyLatents: boolean,
): TaskColumn[] {
  const { latent_size: latents } = model.model;
  const data = describeData(table, model.data_size);
  switch (task.type) {
    case 'score':
      return [
        ...['score', 'standard_error', 'percentile', 'p_value'].map(number),
        { name: 'flagged', kind: 'flag' },
        ...(task.byColumn
          ? [note('strangest_column'), ...data.map(({ name }) => number(`share_${name}`))]
          : []),
      ];
    case 'encode':
      return (onlyLatents ? ['mean'] : ['mean', 'standard_deviation']).flatMap((name) =>
        Array.from({ length: latents }, (_, i) => number(`${name}_${i + 1}`)),
      );
    case 'impute':
      return [
        ...data,
        ...(task.intervals ? data.filter(hasInterval).flatMap(toBounds) : []),
        note('imputed'),
      ];
    case 'sample':
      return data;
  }
}

const hasInterval = ({ kind }: OutputColumn): boolean => kind === 'number';
const toBounds = ({ name }: OutputColumn): TaskColumn[] => [number(`${name}_low`), number(`${name}_high`)];

/** Names that no other column has. */
function rename(columns: readonly TaskColumn[], others: readonly OutputColumn[]): TaskColumn[] {
  const taken = new Set(others.map(({ name }) => name));
  let prefix = '';
  while (columns.some(({ name }) => taken.has(prefix + name))) prefix += PREFIX;
  return columns.map((column) => ({ ...column, name: prefix + column.name }));
}

/** Whether a task can be done with a model on the rows of a data set, and written in a format. */
export function taskProblems(order: TaskOrder, format: OutputFormat): SpecificationProblem[] {
  const { task, model, dataset } = order;
  const mismatch = dataset && findMismatch(model, dataset);
  if (mismatch) return [mismatch];
  if (task.type === 'score' && task.byColumn && findTable(model) === null) {
    const allowed = 'false: the rows of this model are no table';
    return [{ pointer: '/by_column', found: 'true', allowed }];
  }
  const text = listColumns(describeTaskColumns(order), format).find(({ kind }) => kind === 'text');
  if (format !== 'npy' || text === undefined) return [];
  const found = `npy for a file with the column ${JSON.stringify(text.name)}, which is text`;
  return [{ pointer: '/format', found, allowed: 'csv, jsonl, or parquet' }];
}

function findMismatch(model: AppliedModel, dataset: AppliedDataset): SpecificationProblem | null {
  const pointer = '/dataset_id';
  const table = findTable(model);
  if (dataset.id === model.dataset_id) return null;
  if (table === null || dataset.table === null) {
    if (dataset.table === null && table === null && dataset.data_size === model.data_size) return null;
    const found = `${dataset.id}, ${dataset.table === null ? `rows of ${dataset.data_size} numbers` : 'a table'}`;
    return { pointer, found, allowed: table === null ? `rows of ${model.data_size} numbers` : 'a table' };
  }
  const names = (of: TableSchema): string[] =>
    listModelledColumns(of).map((index) => of.columns[index]?.name ?? '');
  const known = new Set(names(dataset.table));
  if (names(table).some((name) => known.has(name))) return null;
  const few = names(table)
    .slice(0, 20)
    .map((name) => JSON.stringify(name))
    .join(', ');
  return {
    pointer,
    found: `${dataset.id}, a table without any column of the model`,
    allowed: `a table with ${few}`,
  };
}
