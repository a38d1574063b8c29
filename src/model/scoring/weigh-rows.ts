import { drawNoise } from '../evaluation/draws.ts';
import type { Subject } from '../evaluation/subject.ts';
import { getNamed } from '../named-arrays.ts';
import type { FloatArray, FloatArrays } from '../runtime/runtime.ts';
import { describedFamily } from '../specification/families/families.ts';
import { likelihoodSizes, oneHotGroups, SCORE_DRAWS, type ModelSpec } from '../specification.ts';
import type { Vae } from '../vae.ts';
import type { RowDraws } from './leave-one-out.ts';
import { defineWeighing, keepRows, proposeRows, type Detail } from './proposals.ts';

export interface WeighOrder {
  readonly subject: Subject;
  readonly model: ModelSpec;
  /** What is wanted of each draw besides its weight. */
  readonly details: readonly Detail[];
  /** Each makes {@link SCORE_DRAWS} draws of z for every row. Default: 1. */
  readonly rounds?: number;
}

/** Weighted draws of z for one row. */
export interface WeighedRow extends RowDraws {
  /** Number of the row. */
  readonly row: number;
  /** [draws, size], row-major, of each detail asked for. */
  readonly details: Details;
}
export type Details = Readonly<Partial<Record<Detail, Float32Array>>>;

/** Numbers that one run of the graph may hold in its largest tensor. */
const MOST_NUMBERS = 2 ** 22;
/** As batches are made (evaluation/batches.ts). */
const CHUNKS = [512, 64, 16, 4] as const;

/**
 * Draws z for each row from a proposal, weighs the draws (proposals.ts), and calls `visit` for each row in turn. All rows use the
 * same noise, so that equal rows get equal draws wherever they are, and in whatever company.
 */
export async function weighRows(order: WeighOrder, visit: (row: WeighedRow) => void): Promise<void> {
  const { subject, model, details, rounds = 1 } = order;
  const { functions, vae, parameters, rows } = subject;
  const [name, fn] = [
    ['score', ...details].join('/'),
    defineWeighing(vae, chooseVariants(model, vae), details),
  ];
  const noises = Array.from({ length: rounds }, (_, round) => drawSharedNoise(vae, round));
  const count = rows.shape[0] ?? 0;
  const chunk = chooseChunk(model, vae, rounds);
  for (let first = 0; first < count; first += chunk) {
    const part = readPart(rows, first, Math.min(chunk, count - first));
    const results: FloatArrays[] = [];
    for (const noise of noises)
      results.push(await functions.run(name, fn, { ...parameters, ...noise }, { rows: part }));
    for (let i = 0; i < (part.shape[0] ?? 0); i++) visit({ row: first + i, ...readDraws(order, results, i) });
  }
}

/** [draws, size] of each kind that the posterior needs. Not of the rows: every row uses the same. */
const drawSharedNoise = (vae: Vae, round: number): FloatArrays =>
  drawNoise(vae.noise.posterior, { seed: 0, stream: 'scoring' }, round, SCORE_DRAWS);

function readDraws({ details }: WeighOrder, results: readonly FloatArrays[], row: number) {
  const read = (name: string) => joinParts(results.map((result) => readRow(getNamed(result, name), row)));
  return {
    terms: read('terms'),
    logRatio: read('log_ratio'),
    details: Object.fromEntries(details.map((name) => [name, read(name)])) as Details,
  };
}

function joinParts(parts: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array()] = parts;
  if (parts.length === 1) return first;
  const whole = new Float32Array(first.length * parts.length);
  parts.forEach((part, i) => {
    whole.set(part, i * first.length);
  });
  return whole;
}

function chooseVariants({ likelihood, posterior }: ModelSpec, vae: Vae) {
  const isCovered = describedFamily(posterior.family).coversSupport !== false;
  return oneHotGroups(likelihood) === null && isCovered ? proposeRows(vae) : keepRows;
}

function chooseChunk({ likelihood, encoder, decoder }: ModelSpec, vae: Vae, rounds: number): number {
  const { output } = likelihoodSizes(likelihood, vae.dataSize);
  const widest = Math.max(output, vae.dataSize, ...encoder.hidden_sizes, ...decoder.hidden_sizes);
  return CHUNKS.find((size) => size * rounds * SCORE_DRAWS * widest <= MOST_NUMBERS) ?? CHUNKS[3];
}

function readPart({ shape, data }: FloatArray, first: number, count: number): FloatArray {
  const [, ...rest] = shape;
  const size = rest.reduce((product, axis) => product * axis, 1);
  return { shape: [count, ...rest], data: data.subarray(first * size, (first + count) * size) };
}

function readRow({ shape, data }: FloatArray, row: number): Float32Array {
  const size = shape.slice(1).reduce((product, axis) => product * axis, 1);
  return data.subarray(row * size, (row + 1) * size);
}
