import { countValues } from '../../model/specification.ts';
import { ELEMENTS } from '../../store/formats/elements.ts';
import { describeValue } from '../inference/describe-value.ts';
import { refuseField } from '../inference/row-errors.ts';
import { checkValues } from '../inference/rows.ts';
import type { SentArray } from '../inference/sent-array.ts';
import { DATATYPES, type DatatypeName } from './datatypes.ts';
import type { InferenceInput } from './schemas.ts';
import type { InputName } from './signature.ts';

/** Tensors of a request by name. The pointers of those in JSON lead to their `data`. */
export type SentTensors = ReadonlyMap<InputName, SentArray>;

/**
 * Takes each tensor from the JSON, or in the order of the inputs from the bytes that follow it. No size that a request claims is
 * believed: it must agree with the shape and the bytes that are there. Errors: too_large, validation_failed.
 */
export function readTensors(
  inputs: readonly InferenceInput[],
  binary: Buffer,
  maxValues: number,
): SentTensors {
  const tensors = new Map<InputName, SentArray>();
  let start = 0;
  inputs.forEach((input, index) => {
    const pointer = `/inputs/${index}`;
    const { name, shape, datatype } = input;
    if (tensors.has(name)) throw refuseField(`${pointer}/name`, `found a second input ${name}`);
    checkValues(`The input ${name}`, countValues(shape), maxValues);
    const size = checkPlace(input, pointer);
    if (size === null) tensors.set(name, readJson(input, `${pointer}/data`));
    else {
      const end = checkEnd(start, size, binary, pointer);
      const type = DATATYPES[datatype].element;
      const bytes = binary.subarray(start, end);
      tensors.set(name, { shape, type, littleEndian: true, bytes, start: 0, pointer });
      start = end;
    }
  });
  if (start === binary.length) return tensors;
  const found = `found ${binary.length} bytes after the JSON`;
  throw refuseField('', `${found}; allowed: ${start}, the sum of binary_data_size of all inputs`);
}

/** The bytes of a tensor that is not in the JSON, or null. */
function checkPlace(
  { data, datatype, shape, parameters = {} }: InferenceInput,
  pointer: string,
): number | null {
  const { binary_data_size: size } = parameters;
  const shared = Object.keys(parameters).find((name) => name.startsWith('shared_memory'));
  if (shared !== undefined)
    throw refuseField(`${pointer}/parameters/${shared}`, 'shared memory is not supported');
  if (data === undefined ? size === undefined : size !== undefined) {
    const found = data === undefined ? 'neither' : 'both';
    throw refuseField(
      pointer,
      `found ${found} of data and parameters.binary_data_size; allowed: one of them`,
    );
  }
  if (size === undefined) return null;
  const needed = countValues(shape) * ELEMENTS[DATATYPES[datatype].element].bytes;
  if (size === needed) return size;
  throw refuseField(
    `${pointer}/parameters/binary_data_size`,
    `found ${size}; allowed: ${needed}, which ${describeType(datatype, shape)} needs`,
  );
}

function checkEnd(start: number, size: number, { length }: Buffer, pointer: string): number {
  if (start + size <= length) return start + size;
  throw refuseField(
    pointer,
    `found ${length - start} of its ${size} bytes after the JSON (is the header Inference-Header-Content-Length right?)`,
  );
}

interface Target {
  readonly datatype: DatatypeName;
  readonly values: Float32Array | Float64Array | Uint8Array;
  next: number;
}

function readJson({ data = [], datatype, shape }: InferenceInput, pointer: string): SentArray {
  const { element, create } = DATATYPES[datatype];
  const count = countValues(shape);
  const isNested = Array.isArray(data[0]);
  if (!isNested && data.length !== count) {
    const allowed = `${count}, which ${describeType(datatype, shape)} needs, or arrays nested as in shape`;
    throw refuseField(pointer, `found ${describeValue(data)}; allowed: length ${allowed}`);
  }
  const target: Target = { datatype, values: create(count), next: 0 };
  fillNested(data, isNested ? shape : [count], pointer, target);
  const { buffer, byteOffset, byteLength } = target.values;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return { shape, type: element, littleEndian: true, bytes, start: 0, pointer };
}

function fillNested(value: unknown, shape: readonly number[], pointer: string, target: Target): void {
  const [length = 0, ...rest] = shape;
  if (!Array.isArray(value) || value.length !== length)
    throw refuseField(pointer, `found ${describeValue(value)}; allowed: an array of length ${length}`);
  if (rest.length === 0) fillLeaf(value, pointer, target);
  else
    value.forEach((child, index) => {
      fillNested(child, rest, `${pointer}/${index}`, target);
    });
}

function fillLeaf(numbers: readonly unknown[], pointer: string, target: Target): void {
  const { isAllowed, hasNaN, allowed } = DATATYPES[target.datatype];
  for (let index = 0; index < numbers.length; index++) {
    const value = numbers[index];
    if (value === null && hasNaN) target.values[target.next++] = NaN;
    else if (typeof value === 'number' && isAllowed(value)) target.values[target.next++] = value;
    else throw refuseField(`${pointer}/${index}`, `found ${describeValue(value)}; allowed: ${allowed}`);
  }
}

const describeType = (datatype: DatatypeName, shape: readonly number[]): string =>
  `${datatype} of shape [${shape.join(', ')}]`;
