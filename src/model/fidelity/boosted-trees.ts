import { BINS, type BinnedRows } from './bins.ts';

/** As the usual gradient boosting: trees of depth 3, each with a tenth of its say. */
const TREES = 100;
const DEPTH = 3;
const RATE = 0.1;
/** Added to the sum of second derivatives of a leaf, so that few rows have little say. */
const RIDGE = 1;
const LEAVES = 2 ** DEPTH;

/** Rows whose bin of the feature is above the threshold go right. */
interface Split {
  readonly feature: number;
  readonly threshold: number;
}
interface Tree {
  /** By level from the root, and from left to right; null sends every row to the left. */
  readonly splits: readonly (Split | null)[];
  readonly leaves: Float64Array;
}
export type BoostedTrees = readonly Tree[];

/** Derivatives of the log loss in the score of each row. */
interface Derivatives {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Gradient boosting of the log loss over the chosen rows (Friedman, 2001), with Newton steps in the leaves. */
export function fitBoostedTrees(
  binned: BinnedRows,
  rows: Uint32Array,
  isPositive: (row: number) => boolean,
): BoostedTrees {
  const scores = new Float64Array(binned.rows);
  const derivatives = { first: new Float64Array(binned.rows), second: new Float64Array(binned.rows) };
  return Array.from({ length: TREES }, () => {
    for (const row of rows) {
      const probability = 1 / (1 + Math.exp(-(scores[row] ?? 0)));
      derivatives.first[row] = (isPositive(row) ? 1 : 0) - probability;
      derivatives.second[row] = probability * (1 - probability);
    }
    const tree = growTree(binned, rows, derivatives);
    for (const row of rows) scores[row] = (scores[row] ?? 0) + scoreTree(tree, binned, row);
    return tree;
  });
}

export const scoreRow = (trees: BoostedTrees, binned: BinnedRows, row: number): number =>
  trees.reduce((sum, tree) => sum + scoreTree(tree, binned, row), 0);

function scoreTree({ splits, leaves }: Tree, binned: BinnedRows, row: number): number {
  return leaves[findNode(splits, binned, row, DEPTH)] ?? 0;
}

/** The place of the node of a row within its level. */
function findNode(splits: Tree['splits'], binned: BinnedRows, row: number, levels: number): number {
  let node = 0;
  for (let level = 0; level < levels; level++) {
    const split = splits[2 ** level - 1 + node] ?? null;
    const isRight = split !== null && (binned.features[split.feature]?.[row] ?? 0) > split.threshold;
    node = 2 * node + Number(isRight);
  }
  return node;
}

function growTree(binned: BinnedRows, rows: Uint32Array, derivatives: Derivatives): Tree {
  const splits: (Split | null)[] = [];
  for (let level = 0; level < DEPTH; level++) {
    const nodes = Uint8Array.from(rows, (row) => findNode(splits, binned, row, level));
    splits.push(...findSplits(binned, rows, nodes, 2 ** level, derivatives));
  }
  const [sums, curvatures] = [new Float64Array(LEAVES), new Float64Array(LEAVES).fill(RIDGE)];
  for (const row of rows) {
    const leaf = findNode(splits, binned, row, DEPTH);
    sums[leaf] = (sums[leaf] ?? 0) + (derivatives.first[row] ?? 0);
    curvatures[leaf] = (curvatures[leaf] ?? 0) + (derivatives.second[row] ?? 0);
  }
  return { splits, leaves: sums.map((sum, leaf) => (RATE * sum) / (curvatures[leaf] ?? 1)) };
}

/** The best split of each node of a level. */
function findSplits(
  binned: BinnedRows,
  rows: Uint32Array,
  nodes: Uint8Array,
  count: number,
  { first, second }: Derivatives,
): (Split | null)[] {
  const best = Array.from({ length: count }, (): Split | null => null);
  const gains = new Float64Array(count).fill(1e-9);
  const [sums, curvatures] = [new Float64Array(count * BINS), new Float64Array(count * BINS)];
  for (const [feature, bins] of binned.features.entries()) {
    sums.fill(0);
    curvatures.fill(0);
    rows.forEach((row, i) => {
      const at = (nodes[i] ?? 0) * BINS + (bins[row] ?? 0);
      sums[at] = (sums[at] ?? 0) + (first[row] ?? 0);
      curvatures[at] = (curvatures[at] ?? 0) + (second[row] ?? 0);
    });
    for (let node = 0; node < count; node++) {
      const own = node * BINS;
      const found = findThreshold(sums.subarray(own, own + BINS), curvatures.subarray(own, own + BINS));
      if (found.gain <= (gains[node] ?? 0)) continue;
      gains[node] = found.gain;
      best[node] = { feature, threshold: found.threshold };
    }
  }
  return best;
}

function findThreshold(sums: Float64Array, curvatures: Float64Array): { gain: number; threshold: number } {
  const add = (total: number, value: number): number => total + value;
  const [sum, curvature] = [sums.reduce(add, 0), curvatures.reduce(add, 0)];
  const rate = (one: number, other: number): number => one ** 2 / (other + RIDGE);
  let [gain, threshold, left, leftCurvature] = [0, 0, 0, 0];
  for (let bin = 0; bin < BINS - 1; bin++) {
    left += sums[bin] ?? 0;
    leftCurvature += curvatures[bin] ?? 0;
    const found =
      rate(left, leftCurvature) + rate(sum - left, curvature - leftCurvature) - rate(sum, curvature);
    if (found > gain) [gain, threshold] = [found, bin];
  }
  return { gain, threshold };
}
