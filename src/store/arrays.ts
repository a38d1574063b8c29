/** Named dense arrays at rest: row-major values with their shape. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
export type StoredArrays = Readonly<Record<string, StoredArray>>;
