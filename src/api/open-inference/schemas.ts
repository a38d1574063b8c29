import Type, { type Static } from 'typebox';
import { closed, PUBLISHED } from '../http/schemas.ts';
import { DATATYPE_NAMES, type DatatypeName } from './datatypes.ts';
import { INPUT_NAMES, OUTPUT_NAMES, type InputName, type OutputName } from './signature.ts';

export const ModelVersion = Type.Object(
  {
    id: Type.String(),
    version: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'The step of a checkpoint.',
    }),
  },
  closed,
);

/** Clients send more parameters than this service knows; it ignores the others. */
const open = { additionalProperties: true };
const defineName = <const Name extends string>(names: readonly Name[], description: string) =>
  Type.Unsafe<Name>({ type: 'string', enum: [...names], description });
const NESTED = { type: 'array', items: {} };
/** Checked by hand: a schema validator is too slow for a million numbers. */
const values = Type.Unsafe<unknown[]>({
  type: 'array',
  description: 'The values in row-major order, flat or nested as in shape. null is NaN, a missing value.',
  [PUBLISHED]: { items: { anyOf: [{ type: 'number' }, { type: 'null' }, NESTED] } },
});

const InferenceInput = Type.Object(
  {
    name: defineName<InputName>(INPUT_NAMES, 'data: rows; latents: points of the latent space.'),
    datatype: defineName<DatatypeName>(DATATYPE_NAMES, 'Values are taken as they are, UINT8 too.'),
    shape: Type.Array(Type.Integer({ minimum: 1, maximum: 2 ** 31 }), {
      minItems: 2,
      maxItems: 8,
      description:
        'data: [rows, data_size] or [rows, ...row_shape]; of tables [rows, columns], all of the file or those that the model uses, in its order and units. latents: [points, latent_size].',
    }),
    parameters: Type.Optional(
      Type.Object(
        {
          binary_data_size: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: Number.MAX_SAFE_INTEGER,
              description: 'The values follow the JSON as so many bytes, little-endian, in place of data.',
            }),
          ),
        },
        open,
      ),
    ),
    data: Type.Optional(values),
  },
  { ...closed, title: 'InferenceInput' },
);
export type InferenceInput = Static<typeof InferenceInput>;

const InferenceOutput = Type.Object(
  {
    name: defineName<OutputName>(
      OUTPUT_NAMES,
      'From data: mean and standard_deviation as of POST /encode, reconstruction as of POST /reconstruct, score as of POST /score. From latents: decoded_mean as of POST /decode.',
    ),
    parameters: Type.Optional(
      Type.Object(
        {
          binary_data: Type.Optional(
            Type.Boolean({ description: 'Whether the values follow the JSON of the answer as bytes.' }),
          ),
        },
        open,
      ),
    ),
  },
  { ...closed, title: 'InferenceOutput' },
);

export const InferenceRequest = Type.Object(
  {
    id: Type.Optional(Type.String({ maxLength: 1000, description: 'Comes back in the answer.' })),
    inputs: Type.Array(InferenceInput, { minItems: 1, maxItems: INPUT_NAMES.length }),
    outputs: Type.Optional(
      Type.Array(InferenceOutput, {
        maxItems: OUTPUT_NAMES.length,
        description:
          'What to compute. Default: mean and standard_deviation if there is an input data, decoded_mean if there is an input latents.',
      }),
    ),
    parameters: Type.Optional(
      Type.Object(
        {
          binary_data_output: Type.Optional(
            Type.Boolean({ description: 'The binary_data of outputs that say nothing about it.' }),
          ),
        },
        open,
      ),
    ),
  },
  { ...closed, title: 'InferenceRequest' },
);
export type InferenceRequest = Static<typeof InferenceRequest>;

export const InferenceAnswer = Type.Object(
  {
    model_name: Type.String(),
    model_version: Type.String({ description: 'Step of the checkpoint that was used.' }),
    id: Type.Optional(Type.String({ description: 'As in the request.' })),
    outputs: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          datatype: Type.String({ description: 'FP32; FP64 for rows of tables.' }),
          shape: Type.Array(Type.Integer()),
          parameters: Type.Optional(
            Type.Object({ binary_data_size: Type.Integer({ description: 'In place of data.' }) }, closed),
          ),
          data: Type.Optional(
            Type.Array(Type.Union([Type.Number(), Type.Null()]), {
              description: 'Flat, in row-major order; null if there is no such value.',
            }),
          ),
        },
        closed,
      ),
    ),
  },
  { ...closed, title: 'InferenceAnswer' },
);
export type InferenceAnswer = Static<typeof InferenceAnswer>;

const DescribedTensors = Type.Array(
  Type.Object(
    {
      name: Type.String(),
      datatype: Type.String(),
      shape: Type.Array(Type.Integer(), { description: '-1 is any number of rows.' }),
    },
    closed,
  ),
);

export const ModelMetadata = Type.Object(
  {
    name: Type.String(),
    versions: Type.Array(Type.String(), { description: 'Steps of the checkpoints.' }),
    platform: Type.Literal('aevb'),
    inputs: DescribedTensors,
    outputs: DescribedTensors,
  },
  { ...closed, title: 'ModelMetadata' },
);
export type ModelMetadata = Static<typeof ModelMetadata>;

const ConfiguredTensor = {
  name: Type.String(),
  data_type: Type.String(),
  dims: Type.Array(Type.Integer(), { description: 'Without the rows.' }),
};

export const ModelConfiguration = Type.Object(
  {
    name: Type.String(),
    platform: Type.Literal('aevb'),
    max_batch_size: Type.Integer({ description: 'Maximum number of rows in a request.' }),
    input: Type.Array(
      Type.Object(
        {
          ...ConfiguredTensor,
          optional: Type.Boolean({ description: 'A request needs only what its outputs are computed from.' }),
        },
        closed,
      ),
    ),
    output: Type.Array(Type.Object(ConfiguredTensor, closed)),
  },
  { ...closed, title: 'ModelConfiguration' },
);
export type ModelConfiguration = Static<typeof ModelConfiguration>;

export const ServerMetadata = Type.Object(
  { name: Type.Literal('aevb'), version: Type.String(), extensions: Type.Array(Type.String()) },
  closed,
);
export const Live = Type.Object({ live: Type.Literal(true) }, closed);
export const Ready = Type.Object({ ready: Type.Literal(true) }, closed);
export const ModelReady = Type.Object({ name: Type.String(), ready: Type.Literal(true) }, closed);
