import Type, { type Static } from 'typebox';
import { allowNull, OUTPUT_FORMATS, type OutputFormat } from '../../model/specification.ts';
import { Sha256, wholeNumber } from './record-fields.ts';
import { recordFormat } from './record-format.ts';

const Format = Type.Unsafe<OutputFormat>({ type: 'string', enum: [...OUTPUT_FORMATS] });

const Column = Type.Object(
  {
    name: Type.String(),
    kind: Type.Unsafe<'number' | 'flag' | 'text'>({ type: 'string', enum: ['number', 'flag', 'text'] }),
  },
  { additionalProperties: false },
);

/** plan.json: what the parts of a result agree on, decided once, so that a job that resumes goes on with the same. */
export const ResultPlan = Type.Object(
  {
    step: wholeNumber(0, 'Step of the checkpoint.'),
    rows: wholeNumber(0, 'Rows of the whole file.'),
    part_rows: wholeNumber(1, 'Rows of each part but the last.'),
    format: Format,
    columns: Type.Array(Column),
  },
  { additionalProperties: false },
);
export type ResultPlan = Static<typeof ResultPlan>;
export const planFormat = recordFormat('plan.json', ResultPlan);

/** A record beside each part, written after it. */
export const ResultPart = Type.Object(
  {
    rows: wholeNumber(0, 'Rows of the part.'),
    bad_rows: wholeNumber(0, 'Rows that could not be understood.'),
    bytes: wholeNumber(0, 'Size of the part.'),
    sha256: Sha256,
    note: allowNull(Type.String(), { description: 'What the end of the file has to know of the part.' }),
  },
  { additionalProperties: false },
);
export type ResultPart = Static<typeof ResultPart>;
export const partFormat = recordFormat('the record of a part', ResultPart);

/** result.json, written last: the file is its pieces, one after the other. */
export const ResultRecord = Type.Object(
  {
    format: Format,
    rows: wholeNumber(0, 'Rows of the file.'),
    bad_rows: wholeNumber(0, 'Rows that could not be understood.'),
    bytes: wholeNumber(0, 'Size of the file.'),
    sha256: Sha256,
    pieces: Type.Array(
      Type.Object(
        { name: Type.String({ pattern: '^[a-z0-9-]+$' }), bytes: wholeNumber(0, 'Size of the piece.') },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type ResultRecord = Static<typeof ResultRecord>;
export const resultFormat = recordFormat('result.json', ResultRecord);
