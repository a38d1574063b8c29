import { permute, deriveKey } from '../random/streams.ts';
import { DATASET_PARTS, type DatasetPart, type SplitPart, type SplitRule } from '../specification/split.ts';

/** Row numbers, ascending. */
export interface Split {
  /** All rows of the data set. */
  readonly rows: number;
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

export type PartSizes = { readonly [Part in SplitPart]: number };

/** Rows of a data set; the last `test_rows` of them are its test rows. */
interface Sizes {
  readonly rows: number;
  readonly test_rows: number;
}

interface Setting {
  readonly validation_fraction: number;
  readonly seed: number;
}

/** For data sets that a model was not trained on: only test rows are separate. */
export const UNTRAINED: Setting = { validation_fraction: 0, seed: 0 };

/**
 * The only definition of training, validation and test rows. Test rows are the last rows. Validation rows are a share of the
 * others, drawn by the seed; at least one row is left to train on. Under `test_rows_validate` the test rows, if there are any,
 * are also the validation rows.
 */
export function splitRows(sizes: Sizes, { validation_fraction, seed }: Setting, rule: SplitRule): Split {
  const { rows } = sizes;
  const { train: count, validation: held } = countRows(sizes, { validation_fraction }, rule);
  const others = rows - sizes.test_rows;
  const test = range(others, rows);
  if (sizes.test_rows > 0 && rule === 'test_rows_validate') {
    return { rows, train: range(0, count), validation: test, test };
  }
  const order = permute(deriveKey(seed, 'validationSplit', 0), others);
  return { rows, train: order.slice(held).sort(), validation: order.slice(0, held).sort(), test };
}

/** Sizes of the parts, without drawing the validation rows. */
export function countRows(
  { rows, test_rows: test }: Sizes,
  { validation_fraction: fraction }: Pick<Setting, 'validation_fraction'>,
  rule: SplitRule,
): PartSizes {
  const others = rows - test;
  if (test > 0 && rule === 'test_rows_validate') return { train: others, validation: test, test, all: rows };
  const validation = Math.max(0, Math.min(Math.round(others * fraction), others - 1));
  return { train: others - validation, validation, test, all: rows };
}

export function countParts({ train, validation, test, rows }: Split): PartSizes {
  return { train: train.length, validation: validation.length, test: test.length, all: rows };
}

/** Resolves held_out to the part it means. */
export function resolvePart(part: DatasetPart, { test }: Pick<PartSizes, 'test'>): SplitPart {
  if (part !== 'held_out') return part;
  return test > 0 ? 'test' : 'validation';
}

/** The parts that have rows, as an order can name them. */
export function listFilledParts(sizes: PartSizes): DatasetPart[] {
  return DATASET_PARTS.filter((part) => sizes[resolvePart(part, sizes)] > 0);
}

export function selectRows(split: Split, part: SplitPart): Uint32Array {
  return part === 'all' ? range(0, split.rows) : split[part];
}

function range(start: number, end: number): Uint32Array {
  return Uint32Array.from({ length: end - start }, (_, i) => start + i);
}
