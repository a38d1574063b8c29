import Type, { type TSchema } from 'typebox';

export const JSON_TYPE = 'application/json';
export const PNG_TYPE = 'image/png';
export const CSV_TYPE = 'text/csv';

/** Media types accepted for uploads; the first bytes decide the format. */
export const UPLOAD_TYPES = [
  'application/octet-stream',
  'application/gzip',
  'text/csv',
  'application/x-npy',
] as const;

/** An answer as JSON or as a PNG. */
export const describePicture = <Answer extends TSchema>(schema: Answer, description: string) => ({
  description,
  content: {
    [JSON_TYPE]: { schema },
    [PNG_TYPE]: { schema: Type.Unsafe<Buffer>({ description: 'The answer as a picture.' }) },
  },
});
