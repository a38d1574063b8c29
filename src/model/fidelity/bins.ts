import { listFrequentCodes, listValues, type Compared } from './compared.ts';
import { rankValues } from './ranking.ts';

/** Bins of a feature; the first one is for missing values. */
export const BINS = 64;

/** What a classifier sees of rows of data followed by samples: the bin of each value, [features][rows]. */
export interface BinnedRows {
  readonly rows: number;
  readonly features: readonly Uint8Array[];
}

/** Numbers by their pooled ranks, so that units and tails have no say; words by how frequent they are in the data. */
export function binRows(compared: Compared): BinnedRows {
  const features = compared.isCode.map((isCode, feature) =>
    isCode ? binCodes(compared, feature) : binNumbers(compared, feature),
  );
  return { rows: 2 * compared.rows, features };
}

function* readPooled({ rows, features, data, samples }: Compared, feature: number): Generator<number> {
  for (const values of [data, samples])
    for (let row = 0; row < rows; row++) yield values[row * features + feature] ?? NaN;
}

function binNumbers(compared: Compared, feature: number): Uint8Array {
  const sides = ['data', 'samples'] as const;
  const known = Float64Array.from(sides.flatMap((side) => listValues(compared, side, feature)));
  const ranks = rankValues(known);
  let next = 0;
  return Uint8Array.from(readPooled(compared, feature), (value) =>
    Number.isNaN(value) ? 0 : 1 + Math.floor((((ranks[next++] ?? 1) - 0.5) / known.length) * (BINS - 1)),
  );
}

/** All words beyond the last bin share it. */
function binCodes(compared: Compared, feature: number): Uint8Array {
  const codes = listFrequentCodes(compared, feature, BINS - 2);
  const bins = new Map(codes.map((code, i) => [code, i + 1]));
  return Uint8Array.from(readPooled(compared, feature), (value) =>
    Number.isNaN(value) ? 0 : (bins.get(value) ?? BINS - 1),
  );
}
