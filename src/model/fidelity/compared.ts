/** Two sets of rows whose features are the same: rows of data, and as many samples of a model. NaN is a missing value. */
export interface Compared {
  readonly rows: number;
  readonly features: number;
  /** Of each feature, whether its values are codes of words. */
  readonly isCode: readonly boolean[];
  /** [rows, features], row-major. */
  readonly data: Float32Array;
  readonly samples: Float32Array;
}

export type Side = 'data' | 'samples';

/** The values of a feature that are not missing. */
export function listValues(compared: Compared, side: Side, feature: number): number[] {
  const values: number[] = [];
  for (let row = 0; row < compared.rows; row++) {
    const value = compared[side][row * compared.features + feature] ?? NaN;
    if (!Number.isNaN(value)) values.push(value);
  }
  return values;
}

/** Samples have no missing values: those of the data are taken out of them too, row by row. */
export function hideMissing(data: Float32Array, samples: Float32Array): Float32Array {
  return samples.map((value, i) => (Number.isNaN(data[i] ?? NaN) ? NaN : value));
}

/** How often each code occurs, the most frequent ones of the data first; at most `limit` codes. */
export function listFrequentCodes(compared: Compared, feature: number, limit: number): number[] {
  const counts = new Map<number, number>();
  for (const side of ['data', 'samples'] as const) {
    for (const code of listValues(compared, side, feature))
      counts.set(code, (counts.get(code) ?? 0) + (side === 'data' ? 1 : 1e-9));
  }
  return [...counts]
    .toSorted(([one, often], [other, rarely]) => rarely - often || one - other)
    .slice(0, limit)
    .map(([code]) => code);
}
