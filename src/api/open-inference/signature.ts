import { findTable } from '../../model/dataset.ts';
import { trainsEncoder } from '../../model/specification.ts';
import { listModelledColumns } from '../../model/table.ts';
import type { ModelRecord } from '../../store/models.ts';
import { listWordColumns } from '../inference/sent-array.ts';
import { refuseField } from '../inference/row-errors.ts';
import type { DatatypeName } from './datatypes.ts';

/** The tensors of a model: which there are, and what computes an output from which input. */

export const INPUT_NAMES = ['data', 'latents'] as const;
export type InputName = (typeof INPUT_NAMES)[number];

interface Source {
  readonly operation: 'encode' | 'reconstruct' | 'score' | 'decode';
  readonly input: InputName;
}

export const OUTPUT_SOURCES = {
  mean: { operation: 'encode', input: 'data' },
  standard_deviation: { operation: 'encode', input: 'data' },
  reconstruction: { operation: 'reconstruct', input: 'data' },
  score: { operation: 'score', input: 'data' },
  decoded_mean: { operation: 'decode', input: 'latents' },
} as const satisfies Readonly<Record<string, Source>>;

export type OutputName = keyof typeof OUTPUT_SOURCES;
export type TensorOperation = (typeof OUTPUT_SOURCES)[OutputName]['operation'];
export const OUTPUT_NAMES = Object.keys(OUTPUT_SOURCES) as OutputName[];

/** What a request gets that names no outputs. */
export const USUAL_OUTPUTS: { readonly [Name in InputName]: readonly OutputName[] } = {
  data: ['mean', 'standard_deviation'],
  latents: ['decoded_mean'],
};

export interface TensorDescription<Name extends string> {
  readonly name: Name;
  readonly datatype: DatatypeName;
  /** Without the first axis, the rows. */
  readonly rowShape: readonly number[];
}

/** Errors: validation_failed if the columns of the model hold words or dates. */
export function describeTensors(record: ModelRecord): {
  inputs: TensorDescription<InputName>[];
  outputs: TensorDescription<OutputName>[];
} {
  checkNumeric(record);
  const latents = [record.model.latent_size];
  const { datatype, rowShape: data } = describeData(record);
  const inputs: { readonly [Name in InputName]: readonly number[] } = { data, latents };
  const outputs: { readonly [Name in OutputName]: Omit<TensorDescription<Name>, 'name'> } = {
    mean: { datatype: 'FP32', rowShape: latents },
    standard_deviation: { datatype: 'FP32', rowShape: latents },
    reconstruction: { datatype, rowShape: data },
    score: { datatype: 'FP32', rowShape: [] },
    decoded_mean: { datatype, rowShape: data },
  };
  const isTaken = (input: InputName): boolean => input === 'latents' || trainsEncoder(record.training);
  return {
    inputs: INPUT_NAMES.filter(isTaken).map((name) => ({ name, datatype: 'FP32', rowShape: inputs[name] })),
    outputs: OUTPUT_NAMES.filter((name) => isTaken(OUTPUT_SOURCES[name].input)).map((name) => ({
      name,
      ...outputs[name],
    })),
  };
}

/** Rows of data in answers. Of tables as doubles: columns with an offset hold more than a float32 does. */
export function describeData(record: ModelRecord): {
  datatype: 'FP32' | 'FP64';
  rowShape: readonly number[];
} {
  const table = findTable(record);
  return table === null
    ? { datatype: 'FP32', rowShape: record.row_shape }
    : { datatype: 'FP64', rowShape: [listModelledColumns(table).length] };
}

function checkNumeric(record: ModelRecord): void {
  const table = findTable(record);
  const words = table === null ? [] : listWordColumns(table);
  if (words.length === 0) return;
  const shown = words.slice(0, 5).join(', ') + (words.length > 5 ? ', ...' : '');
  throw refuseField(
    '',
    `Columns of model ${record.id} hold words or dates (${shown}), which are no tensors. Send its rows as JSON to POST /encode, /score, /reconstruct or /decode.`,
  );
}
