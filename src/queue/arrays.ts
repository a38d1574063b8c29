import Type, { type Static } from 'typebox';

/** Dense row-major arrays: input and output of inference jobs. The tuple type of `shape` gives the rank. */
export interface Vector {
  readonly shape: readonly [length: number];
  readonly data: Float32Array;
}
export interface Matrix {
  readonly shape: readonly [rows: number, columns: number];
  readonly data: Float32Array;
}
export interface Cube {
  readonly shape: readonly [count: number, rows: number, columns: number];
  readonly data: Float32Array;
}
/** Whole numbers from 0 to 2^32 - 1; float32 cannot hold all of them. */
export interface Indices {
  readonly shape: readonly [length: number];
  readonly data: Uint32Array;
}

export interface ArrayKinds {
  readonly vector: Vector;
  readonly matrix: Matrix;
  readonly cube: Cube;
  readonly indices: Indices;
}
export type ArrayKind = keyof ArrayKinds;
export type AnyArray = ArrayKinds[ArrayKind];

interface FloatValues {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Errors, as for the functions below: RangeError if the rank is wrong. */
export function toVector({ shape, data }: FloatValues): Vector {
  const [length = 0] = checkRank(shape, 1);
  return { shape: [length], data };
}

export function toMatrix({ shape, data }: FloatValues): Matrix {
  const [rows = 0, columns = 0] = checkRank(shape, 2);
  return { shape: [rows, columns], data };
}

export function toCube({ shape, data }: FloatValues): Cube {
  const [count = 0, rows = 0, columns = 0] = checkRank(shape, 3);
  return { shape: [count, rows, columns], data };
}

export function toIndices(values: Iterable<number>): Indices {
  const data = Uint32Array.from(values);
  return { shape: [data.length], data };
}

function checkRank(shape: readonly number[], rank: number): readonly number[] {
  if (shape.length === rank) return shape;
  throw new RangeError(`an array of shape [${shape.join(', ')}] does not have ${rank} axes`);
}

/** An array in the queue: its little-endian bytes as base64. */
export const PackedArray = Type.Object(
  {
    dtype: Type.Unsafe<'float32' | 'uint32'>({ type: 'string', enum: ['float32', 'uint32'] }),
    shape: Type.Array(Type.Integer({ minimum: 0 })),
    data: Type.String(),
  },
  { additionalProperties: false },
);
export type PackedArray = Static<typeof PackedArray>;

export function packArray({ shape, data }: AnyArray): PackedArray {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const dtype = data instanceof Uint32Array ? 'uint32' : 'float32';
  return { dtype, shape: [...shape], data: bytes.toString('base64') };
}

const UNPACKERS: { readonly [Kind in ArrayKind]: (packed: PackedArray) => ArrayKinds[Kind] } = {
  vector: (packed) => toVector(unpackFloats(packed)),
  matrix: (packed) => toMatrix(unpackFloats(packed)),
  cube: (packed) => toCube(unpackFloats(packed)),
  indices: (packed) => toIndices(new Uint32Array(unpackBytes(packed, 'uint32'))),
};

/** Errors: RangeError if the kind is wrong or the bytes do not fill the shape. */
export function unpackArray<Kind extends ArrayKind>(kind: Kind, packed: PackedArray): ArrayKinds[Kind] {
  return UNPACKERS[kind](packed);
}

function unpackFloats(packed: PackedArray): FloatValues {
  return { shape: packed.shape, data: new Float32Array(unpackBytes(packed, 'float32')) };
}

/** Copies: the values of a typed array must be aligned to 4 bytes. */
function unpackBytes({ dtype, shape, data }: PackedArray, expected: PackedArray['dtype']): ArrayBuffer {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (dtype === expected && bytes.byteLength === size * 4) return bytes.buffer;
  const found = `${bytes.byteLength} bytes of ${dtype}`;
  throw new RangeError(`${found} do not fill ${expected} of shape [${shape.join(', ')}]`);
}
