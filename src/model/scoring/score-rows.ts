import { drawNoise } from '../evaluation/draws.ts';
import type { Subject } from '../evaluation/subject.ts';
import { getNamed } from '../named-arrays.ts';
import type { FloatArray, FloatArrays } from '../runtime/runtime.ts';
import { describedFamily } from '../specification/families/families.ts';
import {
  likelihoodSizes,
  oneHotGroups,
  SCORE_DRAWS,
  type LikelihoodSpec,
  type ModelSpec,
} from '../specification.ts';
import type { Vae } from '../vae.ts';
import { LeaveOneOut, type Columns, type RowScore } from './leave-one-out.ts';
import { defineWeighing, keepRows, proposeRows, type Detail } from './proposals.ts';

/**
 * Changes whenever the numbers of a row may change: scores can only be compared with a calibration of the same estimator.
 */
export const ESTIMATOR_VERSION = 1;

/** One row, scored. */
export interface ScoredRow extends RowScore {
  /** Number of the row. */
  readonly row: number;
  /** For this row, until the next one is visited. */
  readonly leaveOneOut: LeaveOneOut;
  /** The asked detail of each draw, [draws, size], row-major; empty for none. */
  readonly detail: Float32Array;
}

export interface ScoreOrder {
  readonly subject: Subject;
  readonly model: ModelSpec;
  readonly columns: Columns;
  readonly detail: Detail;
}

/** Numbers that one run of the graph may hold in its largest tensor. */
const MOST_NUMBERS = 2 ** 22;
/** As batches are made (evaluation/batches.ts). */
const CHUNKS = [512, 64, 8, 1] as const;

/**
 * Scores rows and calls `visit` for each in turn. All rows use the same noise, so that equal rows get equal scores wherever they
 * are, and in whatever company.
 */
export async function scoreRows(order: ScoreOrder, visit: (row: ScoredRow) => void): Promise<void> {
  const { subject, model, columns, detail } = order;
  const { functions, vae, parameters, rows } = subject;
  const fn = defineWeighing(vae, chooseVariants(model, vae), detail);
  const inputs = { ...parameters, ...drawSharedNoise(vae) };
  const leaveOneOut = new LeaveOneOut(columns, SCORE_DRAWS);
  const count = rows.shape[0] ?? 0;
  const chunk = chooseChunk(model, vae);
  for (let first = 0; first < count; first += chunk) {
    const part = readPart(rows, first, Math.min(chunk, count - first));
    const results = await functions.run(`score/${detail}`, fn, inputs, { rows: part });
    visitRows(results, leaveOneOut, first, visit);
  }
}

function visitRows(
  results: FloatArrays,
  leaveOneOut: LeaveOneOut,
  first: number,
  visit: (row: ScoredRow) => void,
): void {
  const [terms, ratios] = [getNamed(results, 'terms'), getNamed(results, 'log_ratio')];
  for (let i = 0; i < (terms.shape[0] ?? 0); i++) {
    const draws = { terms: readRow(terms, i), logRatio: readRow(ratios, i) };
    const detail = results['detail'] ? readRow(results['detail'], i) : new Float32Array();
    visit({ row: first + i, ...leaveOneOut.weigh(draws), leaveOneOut, detail });
  }
}

/** Columns whose features are their own: one for each term of the likelihood. */
export function separateColumns(likelihood: LikelihoodSpec, dataSize: number): Columns {
  const count = oneHotGroups(likelihood)?.length ?? dataSize;
  return Array.from({ length: count }, (_, feature) => [feature]);
}

function chooseVariants({ likelihood, posterior }: ModelSpec, vae: Vae) {
  const isCovered = describedFamily(posterior.family).coversSupport !== false;
  return oneHotGroups(likelihood) === null && isCovered ? proposeRows(vae) : keepRows;
}

/** [draws, size] of each kind that the posterior needs. Not of the rows: every row uses the same. */
function drawSharedNoise(vae: Vae): FloatArrays {
  return drawNoise(vae.noise.posterior, { seed: 0, stream: 'scoring' }, 0, SCORE_DRAWS);
}

function chooseChunk({ likelihood, encoder, decoder }: ModelSpec, vae: Vae): number {
  const { output } = likelihoodSizes(likelihood, vae.dataSize);
  const widest = Math.max(output, vae.dataSize, ...encoder.hidden_sizes, ...decoder.hidden_sizes);
  return CHUNKS.find((size) => size * SCORE_DRAWS * widest <= MOST_NUMBERS) ?? 1;
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
