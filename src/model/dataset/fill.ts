/** What is expected of elements of rows, [rows, size]; codes are [rows, size, ranks]. */
export interface ExpectedArrays {
  readonly median?: { readonly data: Float32Array } | undefined;
  readonly codes?: { readonly shape: readonly number[]; readonly data: Float32Array } | undefined;
  readonly mean?: { readonly data: Float32Array } | undefined;
}

/** Puts medians, or the likeliest codes, or means, in the place of what is missing (NaN). */
export function fillMissing(values: Float32Array, { median, codes, mean }: ExpectedArrays): Float32Array {
  const ranks = codes?.shape[2] ?? 0;
  return values.map((value, i) => {
    if (!Number.isNaN(value)) return value;
    if (mean !== undefined) return mean.data[i] ?? NaN;
    const own = median?.data[i] ?? NaN;
    return Number.isNaN(own) ? (codes?.data[i * ranks] ?? NaN) : own;
  });
}
