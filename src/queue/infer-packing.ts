import Type, { type Static, type TObject } from 'typebox';
import { compileCheck } from '../validation.ts';
import { packArray, unpackArray, type AnyArray, type PackedArray } from './arrays.ts';
import {
  CheckpointChoice,
  INFER_VERSION,
  OPERATIONS,
  type InferPayload,
  type InferResult,
  type Operation,
  type OperationTypes,
  type Outputs,
} from './operations.ts';

/** {@link InferPayload} and {@link InferResult} as they cross the queue: with packed arrays. */

const closed = { additionalProperties: false } as const;
const FIELDS = {
  version: Type.Literal(INFER_VERSION),
  modelId: Type.String(),
  checkpoint: CheckpointChoice,
  timeLimitMs: Type.Number({ exclusiveMinimum: 0 }),
};

export interface PackedPayload extends Static<TObject<typeof FIELDS>> {
  readonly operation: Operation;
  readonly input: Readonly<Record<string, unknown>> & { readonly rows?: PackedArray };
}

export interface PackedResult {
  readonly step: number;
  readonly digest?: string;
  readonly output: Readonly<Record<string, PackedArray>>;
  readonly computeMs: number;
}

const names = Object.keys(OPERATIONS) as Operation[];
const checkPacked = compileCheck(
  Type.Unsafe<PackedPayload>({
    type: 'object',
    required: ['operation'],
    discriminator: { propertyName: 'operation' },
    oneOf: names.map((name) => {
      const input = Type.Object(OPERATIONS[name].input, closed);
      return Type.Object({ ...FIELDS, operation: Type.Literal(name), input }, closed);
    }),
  }),
  'The payload of the infer job',
);

export function packPayload({ input, ...rest }: InferPayload): PackedPayload {
  return { ...rest, input: 'rows' in input ? { ...input, rows: packArray(input.rows) } : { ...input } };
}

/** Errors: validation_failed if this is not a payload of this version; RangeError if rows do not fill their shape. */
export function unpackPayload(value: unknown): InferPayload {
  const payload = checkPacked(value);
  const { rows } = payload.input;
  const input = rows === undefined ? payload.input : { ...payload.input, rows: unpackArray('matrix', rows) };
  // The check has just compared the input with its operation's entry in the table, and the type derives from that entry.
  return { ...payload, input: input as InferPayload['input'] };
}

export function packResult({ output, ...rest }: InferResult): PackedResult {
  const arrays = Object.entries<AnyArray>(output);
  return { ...rest, output: Object.fromEntries(arrays.map(([name, array]) => [name, packArray(array)])) };
}

/** Errors: RangeError if an array is missing or of the wrong kind. */
export function unpackResult<Name extends Operation>(
  operation: Name,
  { output, ...rest }: PackedResult,
): InferResult<Name> {
  const { output: kinds, optional = {} }: OperationTypes = OPERATIONS[operation];
  const arrays = Object.entries({ ...kinds, ...optional }).flatMap(([name, kind]) => {
    const packed = output[name];
    if (packed !== undefined) return [[name, unpackArray(kind, packed)] as const];
    if (name in optional) return [];
    throw new RangeError(`the result of ${operation} has no ${name}`);
  });
  // Built field by field from the operation's entry in the table, from which the type derives too.
  return { ...rest, output: Object.fromEntries(arrays) as Outputs[Name] };
}
