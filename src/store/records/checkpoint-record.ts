import Type, { type Static } from 'typebox';
import { NatsPerRow, Sha256, Step, Timestamp, wholeNumber } from './record-fields.ts';
import { recordFormat } from './record-format.ts';

const StoredFile = Type.Object(
  { sha256: Sha256, bytes: wholeNumber(0, 'Size of the file.') },
  { additionalProperties: false },
);

/** checkpoint.json beside the two safetensors files; `files` maps the name of each to its size and checksum. */
export const CheckpointRecord = Type.Object(
  {
    step: Step,
    epoch: wholeNumber(0, 'Passes over the training rows completed so far.'),
    seed: wholeNumber(0, 'The seed of the training.'),
    created_at: Timestamp,
    validation_elbo: NatsPerRow,
    files: Type.Record(Type.String(), StoredFile),
  },
  { additionalProperties: false },
);
export type CheckpointRecord = Static<typeof CheckpointRecord>;

export const checkpointFormat = recordFormat('checkpoint.json', CheckpointRecord);
