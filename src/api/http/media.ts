import Type, { type TSchema } from 'typebox';

export const JSON_TYPE = 'application/json';
export const PNG_TYPE = 'image/png';
export const CSV_TYPE = 'text/csv';

/** What an upload may be sent as; its first bytes say what it is. */
export const UPLOAD_TYPES = [
  'application/octet-stream',
  'application/gzip',
  'text/csv',
  'application/x-npy',
] as const;

/** An answer as JSON or as a picture. */
export const pictured = <Answer extends TSchema>(schema: Answer, description: string) => ({
  description,
  content: {
    [JSON_TYPE]: { schema },
    [PNG_TYPE]: { schema: Type.Unsafe<Buffer>({ description: 'The answer as a picture.' }) },
  },
});
