import { SCORE_DRAWS } from '../../model/specification.ts';
import { findTable } from '../../model/dataset.ts';
import type { Cell } from '../../model/table.ts';
import type { Matrix } from '../../queue/arrays.ts';
import type { CheckpointChoice, InferAnswer, Inputs, Outputs } from '../../queue/operations.ts';
import type { ModelRecord } from '../../store/models.ts';
import { decodeRows, takeFinite } from '../inference/answers.ts';
import { checkValues } from '../inference/rows.ts';
import type { ApiOptions } from '../types.ts';
import type { OutputTensor } from './datatypes.ts';
import { describeData, type OUTPUT_SOURCES, type OutputName, type TensorOperation } from './signature.ts';

/** The outputs that an operation makes. */
type OutputsOf<Operation extends TensorOperation> = {
  [Name in OutputName]: (typeof OUTPUT_SOURCES)[Name]['operation'] extends Operation ? Name : never;
}[OutputName];

interface Run<Operation extends TensorOperation> {
  /** What the limit of values bounds, for one row. */
  readonly cost: (record: ModelRecord) => number;
  readonly order: (rows: Matrix) => Inputs[Operation];
  readonly toTensors: (
    output: Outputs[Operation],
    record: ModelRecord,
  ) => Readonly<Record<OutputsOf<Operation>, OutputTensor>>;
}

const RUNS: { readonly [Operation in TensorOperation]: Run<Operation> } = {
  encode: {
    cost: ({ model }) => 2 * model.latent_size,
    order: (rows) => ({ rows, draws: 0, seed: 0 }),
    toTensors: (output) => ({
      mean: { datatype: 'FP32', ...takeFinite<'mean', Matrix>(output, 'mean') },
      standard_deviation: {
        datatype: 'FP32',
        shape: output.standard_deviation.shape,
        data: output.standard_deviation.data.map((value) => (Number.isFinite(value) ? value : NaN)),
      },
    }),
  },
  reconstruct: {
    cost: ({ data_size: size }) => size,
    order: (rows) => ({ rows }),
    toTensors: (output, record) => ({ reconstruction: toDataTensor(output, record) }),
  },
  score: {
    cost: () => SCORE_DRAWS,
    order: (rows) => ({ rows, byColumn: false, expected: false }),
    toTensors: (output) => ({
      score: { datatype: 'FP32', ...takeFinite<'score', Outputs['score']['score']>(output, 'score') },
    }),
  },
  decode: {
    cost: ({ data_size: size }) => size,
    order: (rows) => ({ rows }),
    toTensors: (output, record) => ({ decoded_mean: toDataTensor(output, record) }),
  },
};

interface Computed extends Omit<InferAnswer, 'output'> {
  readonly tensors: Readonly<Partial<Record<OutputName, OutputTensor>>>;
}

/** Errors: too_large. */
export function checkCost(
  operation: TensorOperation,
  rows: Matrix,
  record: ModelRecord,
  maxValues: number,
): void {
  checkValues(`Rows times values of ${operation}`, rows.shape[0] * RUNS[operation].cost(record), maxValues);
}

/** Runs one operation on a worker. Errors: those of the producer, answer_not_finite. */
export async function computeTensors<Operation extends TensorOperation>(
  api: ApiOptions,
  operation: Operation,
  { record, checkpoint, rows }: { record: ModelRecord; checkpoint: CheckpointChoice; rows: Matrix },
): Promise<Computed> {
  const run: Run<Operation> = RUNS[operation];
  const { output, ...answer } = await api.producer.infer<Operation>({
    modelId: record.id,
    checkpoint,
    timeoutMs: api.config.inferenceTimeoutMs,
    operation,
    input: run.order(rows),
  });
  return { ...answer, tensors: run.toTensors(output, record) };
}

/** Rows of data in the units of the data set: the values that JSON answers have. */
function toDataTensor(output: { readonly mean: Matrix }, record: ModelRecord): OutputTensor {
  const { datatype, rowShape } = describeData(record);
  const rows = takeFinite<'mean', Matrix>(output, 'mean');
  const shape = [rows.shape[0], ...rowShape];
  const data = findTable(record) === null ? rows.data : toDoubles(decodeRows(rows, record));
  return { datatype, shape, data };
}

/** Flags are 0 and 1. The outcome other of a category has no number. */
function toDoubles(rows: readonly (readonly Cell[])[]): Float64Array {
  return Float64Array.from(rows.flat(), (cell) =>
    typeof cell === 'number' || typeof cell === 'boolean' ? Number(cell) : NaN,
  );
}
