import { shortenFloat32 } from '../../model/table.ts';
import { BINARY_TYPE, JSON_TYPE } from '../http/media.ts';
import type { OutputTensor } from './datatypes.ts';
import { JSON_LENGTH_HEADER } from './message.ts';
import type { InferenceAnswer, InferenceRequest } from './schemas.ts';
import type { OutputName } from './signature.ts';

/** An answer in JSON, or JSON and the bytes of tensors behind it. */
export interface WrittenAnswer {
  readonly type: typeof JSON_TYPE | typeof BINARY_TYPE;
  readonly content: InferenceAnswer | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

interface NamedTensor extends OutputTensor {
  readonly name: OutputName;
}

export function writeAnswer(
  source: { readonly id: string; readonly step: number },
  request: InferenceRequest,
  tensors: readonly NamedTensor[],
): WrittenAnswer {
  const pieces: Buffer[] = [];
  const outputs = tensors.map(({ name, datatype, shape, data }) => {
    const head = { name, datatype, shape: [...shape] };
    if (!isBinary(request, name)) return { ...head, data: toJsonNumbers(data) };
    pieces.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    return { ...head, parameters: { binary_data_size: data.byteLength } };
  });
  const content: InferenceAnswer = {
    model_name: source.id,
    model_version: String(source.step),
    ...(request.id !== undefined && { id: request.id }),
    outputs,
  };
  if (pieces.length === 0) return { type: JSON_TYPE, content, headers: {} };
  const json = Buffer.from(JSON.stringify(content));
  const headers = { [JSON_LENGTH_HEADER]: String(json.length) };
  return { type: BINARY_TYPE, content: Buffer.concat([json, ...pieces]), headers };
}

function isBinary({ outputs = [], parameters }: InferenceRequest, name: OutputName): boolean {
  const own = outputs.find((output) => output.name === name)?.parameters?.binary_data;
  return own ?? parameters?.binary_data_output ?? false;
}

/** With as few digits as each value needs. */
function toJsonNumbers(data: Float32Array | Float64Array): (number | null)[] {
  const shorten = data instanceof Float32Array ? shortenFloat32 : (value: number) => value;
  return Array.from(data, (value) => (Number.isNaN(value) ? null : shorten(value)));
}
