import { isDensity, selectElements, type LikelihoodSpec, type ScoreKind } from '../specification.ts';
import type { RowSet } from './measures/measure.ts';

/** Tells what log p(x|z) of these rows means. Under a likelihood of bits, only zeros and ones have a probability. */
export async function findScoreKind(
  spec: LikelihoodSpec,
  rows: RowSet,
  dataSize: number,
): Promise<ScoreKind> {
  const bits = new Set(selectElements(spec, dataSize, ({ ofBits = false }) => ofBits));
  if (bits.size > 0 && !(await areBinary(rows, (element) => bits.has(element)))) return 'score';
  return isDensity(spec) ? 'log_density' : 'log_probability';
}

/** Whether the given elements are 0, 1 or missing in every row. */
async function areBinary(rows: RowSet, asked: (element: number) => boolean): Promise<boolean> {
  if (rows.isBinary) return true;
  for await (const { values } of rows.batches()) {
    const size = values.shape[1] ?? 1;
    const grey = (value: number, i: number) => value > 0 && value < 1 && asked(i % size);
    if (values.data.some(grey)) return false;
  }
  return true;
}
