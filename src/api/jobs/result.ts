import { Readable } from 'node:stream';
import { OUTPUTS } from '../../store/formats/output/output.ts';
import type { ByteRange } from '../../store/results.ts';
import { describeAttachment } from '../http/content-disposition.ts';
import { HttpError } from '../http/http-error.ts';
import type { ApiOptions } from '../types.ts';
import { requireJobId } from './jobs.ts';

export interface ResultDownload {
  readonly status: 200 | 206;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

interface Conditions {
  readonly range?: string | undefined;
  readonly 'if-range'?: string | undefined;
}

/** The file of a job, or a range of its bytes. Errors: result_not_found, id_invalid, range_not_satisfiable. */
export async function downloadResult(
  api: ApiOptions,
  id: string,
  asked: Conditions,
): Promise<ResultDownload> {
  const { results } = api.store;
  const { format, bytes, sha256 } = await results.get(requireJobId(id));
  const etag = `"${sha256}"`;
  const isSame = asked['if-range'] === undefined || asked['if-range'] === etag;
  const range = isSame ? parseRange(asked.range, bytes) : null;
  const length = range === null ? bytes : range.last - range.first + 1;
  return {
    status: range === null ? 200 : 206,
    headers: {
      'content-type': OUTPUTS[format].mediaType,
      'content-length': String(length),
      'content-disposition': describeAttachment(`${id}.${format}`),
      'accept-ranges': 'bytes',
      etag,
      ...(range && { 'content-range': `bytes ${range.first}-${range.last}/${bytes}` }),
    },
    body: Readable.from(results.read(id, range ?? undefined), { objectMode: false }),
  };
}

/** Null for the whole: without a range, and for several ranges, which a server may ignore (RFC 9110). */
function parseRange(header: string | undefined, bytes: number): ByteRange | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (from === '' && to === '') return null;
  const range =
    from === ''
      ? { first: Math.max(0, bytes - Number(to)), last: bytes - 1 }
      : { first: Number(from), last: to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1) };
  if (range.first <= range.last) return range;
  throw new HttpError('range_not_satisfiable', {
    detail: `found ${header}; the file has ${bytes} bytes.`,
  });
}

/** Errors: result_not_found, id_invalid. */
export async function deleteResult(api: ApiOptions, id: string): Promise<void> {
  const { results } = api.store;
  await results.get(requireJobId(id));
  await results.remove(id);
}
