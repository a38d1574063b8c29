import type { IncomingHttpHeaders } from 'node:http';
import Type, { type TSchema } from 'typebox';

export const JSON_TYPE = 'application/json';
export const PNG_TYPE = 'image/png';
export const CSV_TYPE = 'text/csv';
export const NPY_TYPE = 'application/x-npy';
export const BINARY_TYPE = 'application/octet-stream';
export const ARRAY_TYPES = [NPY_TYPE, BINARY_TYPE] as const;

/**
 * A keyword that marks the schema of a body in whose place a route also takes an NPY file. Its value lists the fields that only JSON can
 * have. Validators ignore it.
 */
export const ARRAY_BODY = 'x-array-body';

/** Whether the body of the route is marked. */
export const takesArrays = ({ routeOptions }: RoutedRequest): boolean => {
  const body = routeOptions.schema?.body;
  return typeof body === 'object' && body !== null && ARRAY_BODY in body;
};
interface RoutedRequest {
  readonly routeOptions: { readonly schema?: { readonly body?: unknown } | undefined };
}

/** Media types accepted for uploads; the first bytes decide the format. */
export const UPLOAD_TYPES = [
  'application/octet-stream',
  'application/gzip',
  'text/csv',
  'text/tab-separated-values',
  'application/json',
  'application/x-ndjson',
  'application/jsonl',
  'application/vnd.apache.parquet',
  'application/x-npy',
  'application/zip',
  'multipart/form-data',
] as const;
export const FORM_TYPE = 'multipart/form-data';

/** The media type of a content-type header, without parameters; undefined if there is no header. */
export const toMediaType = (header: string | undefined): string | undefined =>
  header?.split(';', 1)[0]?.trim().toLowerCase();

export const isArrayBody = ({ headers }: { readonly headers: IncomingHttpHeaders }): boolean => {
  const type = toMediaType(headers['content-type']);
  return ARRAY_TYPES.some((known) => known === type);
};

/** The charset of a content-type header, if it names one. */
export const findCharset = (header = ''): string | undefined =>
  /;\s*charset\s*=\s*"?([\w.:-]+)"?/i.exec(header)?.[1];

interface DescribedAnswer<Content> {
  readonly description: string;
  readonly content: Content;
}

/** An answer in JSON, to which other media types can be added. */
export const describeJson = <Answer extends TSchema>(schema: Answer, description: string) => ({
  description,
  content: { [JSON_TYPE]: { schema } },
});

/** An answer that is also available as CSV. */
export const addCsv = <Content extends object>(
  answer: DescribedAnswer<Content>,
  description = 'The rows of `data`.',
) => ({
  ...answer,
  content: {
    ...answer.content,
    [CSV_TYPE]: { schema: Type.Unsafe<string>({ type: 'string', description }) },
  },
});

/** What an NPY file with rows of data is. */
export const DATA_NPY =
  'float32 [rows, ...row_shape]; of tables [rows, columns], if no column holds words or dates. NaN is a missing value.';

/** An answer that is also available as an NPY file. */
export const addNpy = <Content extends object>(answer: DescribedAnswer<Content>, description: string) => ({
  ...answer,
  content: {
    ...answer.content,
    [NPY_TYPE]: { schema: Type.Unsafe<Buffer>({ type: 'string', format: 'binary', description }) },
  },
});

/** An answer as JSON or as a PNG. */
export const describePicture = <Answer extends TSchema>(schema: Answer, description: string) => ({
  description,
  content: {
    [JSON_TYPE]: { schema },
    [PNG_TYPE]: { schema: Type.Unsafe<Buffer>({ description: 'The answer as a picture.' }) },
  },
});
