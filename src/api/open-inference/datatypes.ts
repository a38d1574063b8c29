import type { ElementType } from '../../store/formats/elements.ts';

type Values = Float32Array | Float64Array | Uint8Array;

interface Datatype {
  readonly element: ElementType;
  readonly create: (length: number) => Values;
  readonly isAllowed: (value: number) => boolean;
  /** Its values in JSON, for messages. */
  readonly allowed: string;
  /** Whether null stands for NaN, which JSON does not have. */
  readonly hasNaN: boolean;
}

const FLOAT = { isAllowed: Number.isFinite, allowed: 'a number, or null for NaN', hasNaN: true };

/** The datatypes of the protocol that inputs can have. Values are taken as they are, without the scale of a data set. */
export const DATATYPES = {
  FP32: { element: 'float32', create: (length) => new Float32Array(length), ...FLOAT },
  FP64: { element: 'float64', create: (length) => new Float64Array(length), ...FLOAT },
  UINT8: {
    element: 'uint8',
    create: (length) => new Uint8Array(length),
    isAllowed: (value) => Number.isInteger(value) && value >= 0 && value <= 255,
    allowed: 'a whole number from 0 to 255',
    hasNaN: false,
  },
} as const satisfies Readonly<Record<string, Datatype>>;

export type DatatypeName = keyof typeof DATATYPES;
export const DATATYPE_NAMES = Object.keys(DATATYPES) as DatatypeName[];

/** A tensor of an answer. NaN: there is no such value. */
export interface OutputTensor {
  readonly datatype: 'FP32' | 'FP64';
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}
