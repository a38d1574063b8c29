import Type, { type TSchema } from 'typebox';

export const JSON_TYPE = 'application/json';
export const PNG_TYPE = 'image/png';

/** An answer as JSON or as a picture. */
export const pictured = <Answer extends TSchema>(schema: Answer, description: string) => ({
  description,
  content: {
    [JSON_TYPE]: { schema },
    [PNG_TYPE]: { schema: Type.Unsafe<Buffer>({ description: 'The same as a picture.' }) },
  },
});
