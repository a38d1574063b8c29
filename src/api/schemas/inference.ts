import Type, { type Static, type TProperties } from 'typebox';
import { Checkpoint, PUBLISHED, closed } from './common.ts';

export const MAX_SAMPLES = 1000;
export const MAX_IMAGES = 10_000;

const modelId = Type.String({ minLength: 1, maxLength: 100 });
const seed = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  default: 0,
  description: 'Fixes the noise: the same request is answered the same.',
});
/** Rows are checked by hand (src/api/rows.ts): a schema validator is too slow for a million numbers. */
const rows = (description: string) =>
  Type.Unsafe<unknown[]>({
    type: 'array',
    minItems: 1,
    description,
    [PUBLISHED]: { items: { type: 'array', items: { anyOf: [{ type: 'number' }, { type: 'array' }] } } },
  });
const data = rows('Rows, each flat (data_size numbers) or nested as row_shape says.');

const request = <Fields extends TProperties>(fields: Fields) =>
  Type.Object({ model_id: modelId, checkpoint: Checkpoint, ...fields }, closed);

export const EncodeRequest = request({
  data,
  samples: Type.Integer({
    minimum: 0,
    maximum: MAX_SAMPLES,
    default: 0,
    description: 'Draws of z for each row.',
  }),
  seed,
});
export type EncodeRequest = Static<typeof EncodeRequest>;

export const DecodeRequest = request({ latents: rows('Points z, latent_size numbers each.') });
export type DecodeRequest = Static<typeof DecodeRequest>;

export const ReconstructRequest = request({ data });
export type ReconstructRequest = Static<typeof ReconstructRequest>;

export const ElboRequest = request({
  data,
  samples: Type.Integer({
    minimum: 1,
    maximum: MAX_SAMPLES,
    default: 1,
    description: 'L, draws of z for each row.',
  }),
  seed,
});
export type ElboRequest = Static<typeof ElboRequest>;

export const SamplesQuery = request({
  count: Type.Integer({ minimum: 1, maximum: MAX_IMAGES, default: 16, description: 'How many samples.' }),
  seed,
  format: Type.Optional(
    Type.Unsafe<'json' | 'png'>({
      type: 'string',
      enum: ['json', 'png'],
      description: 'Default: as the Accept header wants it, else json.',
    }),
  ),
});
export type SamplesQuery = Static<typeof SamplesQuery>;

const Numbers = Type.Array(Type.Number());
const Rows = Type.Array(Numbers);
const answer = <Fields extends TProperties>(fields: Fields) =>
  Type.Object(
    {
      model_id: Type.String(),
      step: Type.Integer({ description: 'Step of the checkpoint that was used.' }),
      ...fields,
    },
    closed,
  );

export const EncodeAnswer = answer({
  mean: Type.Array(Numbers, { description: 'Of q(z|x); the median where its family may have no mean.' }),
  standard_deviation: Type.Array(Type.Array(Type.Union([Type.Number(), Type.Null()])), {
    description: 'null where there is none.',
  }),
  samples: Type.Optional(Type.Array(Rows, { description: 'Indexed by draw, row, dimension.' })),
});
export type EncodeAnswer = Static<typeof EncodeAnswer>;

export const MeanAnswer = answer({ mean: Rows });
export type MeanAnswer = Static<typeof MeanAnswer>;

export const ElboAnswer = answer({
  unit: Type.Literal('nats per row'),
  samples: Type.Integer(),
  elbo: Numbers,
  log_likelihood: Numbers,
  kl_divergence: Numbers,
  mean: Type.Object(
    { elbo: Type.Number(), log_likelihood: Type.Number(), kl_divergence: Type.Number() },
    closed,
  ),
});
export type ElboAnswer = Static<typeof ElboAnswer>;

export const SamplesAnswer = answer({ seed: Type.Integer(), latents: Rows, data: Rows });
export type SamplesAnswer = Static<typeof SamplesAnswer>;
