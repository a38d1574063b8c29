import { findTable } from '../../model/dataset.ts';
import { countValues, isShared, REAL, sharedDomain } from '../../model/specification.ts';
import { listModelledColumns } from '../../model/table.ts';
import type { Matrix } from '../../queue/arrays.ts';
import type { ModelRecord } from '../../store/models.ts';
import { refuseField, refuseRows } from '../inference/row-errors.ts';
import { parseData } from '../inference/rows.ts';
import { toTableCells, toValues, type SentArray } from '../inference/sent-array.ts';
import type { ApiOptions } from '../types.ts';
import type { InputName } from './signature.ts';

type ToRows = (api: ApiOptions, record: ModelRecord, tensor: SentArray) => Matrix;

/** Tensors as the rows that a worker takes. Errors: validation_failed, data_invalid, too_large. */
export const TO_ROWS: { readonly [Name in InputName]: ToRows } = {
  data: (api, record, tensor) => {
    if (findTable(record) !== null) return readCells(api, record, tensor);
    const { likelihood } = record.model;
    if (!isShared(likelihood)) throw new RangeError(`model ${record.id} has columns but no table`);
    const { row_shape: rowShape, data_size: size } = record;
    checkRowShape(tensor, [[size], rowShape]);
    return { shape: [countRows(tensor), size], data: toValues(tensor, 1, sharedDomain(likelihood)) };
  },
  latents: (_api, record, tensor) => {
    const size = record.model.latent_size;
    checkRowShape(tensor, [[size]]);
    return { shape: [countRows(tensor), size], data: toValues(tensor, 1, REAL) };
  },
};

/** All rows or none: a tensor has no place for the errors of single rows. */
function readCells(api: ApiOptions, record: ModelRecord, tensor: SentArray): Matrix {
  const table = findTable(record);
  if (table === null) throw new RangeError(`model ${record.id} has no table`);
  checkRowShape(tensor, [[table.columns.length], [listModelledColumns(table).length]]);
  const { shape, data, errors } = parseData(api, record, toTableCells(tensor, table), tensor.pointer);
  if (errors.length > 0) throw refuseRows(errors);
  return { shape, data };
}

function checkRowShape({ shape, pointer }: SentArray, allowed: readonly (readonly number[])[]): void {
  const [, ...own] = shape;
  if (allowed.some((one) => one.join() === own.join())) return;
  const texts = new Set(allowed.map((one) => `[rows, ${one.join(', ')}]`));
  const where = pointer.replace(/\/data$/, '');
  throw refuseField(
    `${where}/shape`,
    `found [${shape.join(', ')}] (${countValues(own)} values a row); allowed: ${[...texts].join(' or ')}`,
  );
}

const countRows = ({ shape }: SentArray): number => shape[0] ?? 0;
