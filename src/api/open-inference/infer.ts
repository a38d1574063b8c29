import type { Matrix } from '../../queue/arrays.ts';
import type { ModelRecord } from '../../store/models.ts';
import type { Timed, Timing } from '../http/timing.ts';
import { refuseField } from '../inference/row-errors.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import type { ApiOptions } from '../types.ts';
import { checkCost, computeTensors } from './compute.ts';
import type { OutputTensor } from './datatypes.ts';
import { readTensors, type SentTensors } from './read-tensors.ts';
import type { InferenceRequest } from './schemas.ts';
import {
  describeTensors,
  INPUT_NAMES,
  OUTPUT_SOURCES,
  USUAL_OUTPUTS,
  type InputName,
  type OutputName,
  type TensorOperation,
} from './signature.ts';
import { TO_ROWS } from './tensor-rows.ts';
import { writeAnswer, type WrittenAnswer } from './write-answer.ts';

export interface InferenceTarget {
  readonly id: string;
  /** The step of a checkpoint; without one, the model's default is used. */
  readonly version?: number;
}

/**
 * Computes the outputs that a request names, all with one checkpoint. Errors: validation_failed, data_invalid, too_large,
 * no_encoder, model_not_found, checkpoint_not_found.
 */
export async function inferTensors(
  api: ApiOptions,
  { id, version }: InferenceTarget,
  request: InferenceRequest,
  binary: Buffer,
): Promise<Timed<WrittenAnswer>> {
  const record = await api.store.models.get(id);
  describeTensors(record);
  const limit = api.config.maxInferenceValues;
  const tensors = readTensors(request.inputs, binary, limit);
  const names = chooseOutputs(request, tensors);
  const operations = listOperations(names);
  const rows = new Map<InputName, Matrix>();
  for (const { operation, input } of operations) {
    const given = rows.get(input) ?? toRows(api, record, tensors, input);
    rows.set(input, given);
    checkCost(operation, given, record, limit);
  }
  const usual = chooseCheckpoint(record, version === undefined ? {} : { checkpoint: version });
  const { step = 0, timing, computed } = await computeAll(api, record, { operations, rows, usual });
  const chosen = names.flatMap((name) => {
    const tensor = computed.get(name);
    return tensor === undefined ? [] : [{ name, ...tensor }];
  });
  return { body: writeAnswer({ id, step }, request, chosen), timing };
}

interface Source {
  readonly operation: TensorOperation;
  readonly input: InputName;
}

/** A training may write checkpoints meanwhile: the first operation chooses, the others use the same. */
async function computeAll(
  api: ApiOptions,
  record: ModelRecord,
  plan: {
    readonly operations: readonly Source[];
    readonly rows: ReadonlyMap<InputName, Matrix>;
    readonly usual: ReturnType<typeof chooseCheckpoint>;
  },
) {
  const computed = new Map<string, OutputTensor>();
  let step: number | undefined;
  let timing: Timing = { computeMs: 0, queueMs: 0 };
  for (const { operation, input } of plan.operations) {
    const rows = plan.rows.get(input);
    if (rows === undefined) throw new RangeError(`no rows of ${input}`);
    const checkpoint = step ?? plan.usual;
    const { tensors, ...answer } = await computeTensors(api, operation, { record, checkpoint, rows });
    for (const [name, tensor] of Object.entries(tensors)) computed.set(name, tensor);
    step = answer.step;
    const { digest, batchMs, batchRows } = answer;
    timing = {
      computeMs: timing.computeMs + answer.computeMs,
      queueMs: timing.queueMs + answer.queueMs,
      ...(digest !== undefined && { digest }),
      ...(batchMs !== undefined && { batchMs: (timing.batchMs ?? 0) + batchMs }),
      ...(batchRows !== undefined && { batchRows }),
    };
  }
  return { step, timing, computed };
}

/** Errors: validation_failed for an output that is named twice, or whose input is missing. */
function chooseOutputs({ outputs = [] }: InferenceRequest, tensors: SentTensors): OutputName[] {
  const names = outputs.map(({ name }) => name);
  if (names.length === 0)
    return INPUT_NAMES.filter((name) => tensors.has(name)).flatMap((name) => USUAL_OUTPUTS[name]);
  names.forEach((name, index) => {
    const pointer = `/outputs/${index}/name`;
    if (names.indexOf(name) < index) throw refuseField(pointer, `found a second output ${name}`);
    const { input } = OUTPUT_SOURCES[name];
    if (!tensors.has(input))
      throw refuseField(pointer, `${name} is computed from the input ${input}, which is missing`);
  });
  return names;
}

function listOperations(names: readonly OutputName[]): Source[] {
  const sources = names.map((name) => OUTPUT_SOURCES[name]);
  return [...new Map(sources.map((source) => [source.operation, source])).values()];
}

function toRows(api: ApiOptions, record: ModelRecord, tensors: SentTensors, input: InputName): Matrix {
  const tensor = tensors.get(input);
  if (tensor === undefined) throw new RangeError(`no input ${input}`);
  return TO_ROWS[input](api, record, tensor);
}
