import { AppError } from '../../errors.ts';
import { ByteReader } from './byte-reader.ts';
import { csv } from './csv.ts';
import { gunzip, isGzip } from './gzip.ts';
import { idx } from './idx.ts';
import { limitBytes } from './limits.ts';
import { npy } from './npy.ts';
import { ROW_FORMATS, type RowFormatName, type RowFormats, type RowStream } from './rows.ts';

const FORMATS: RowFormats = { idx, npy, csv };
const HEAD_BYTES = 512;
/** A number's text, or a wider type, may take more bytes than the 4 it is stored in. */
const RAW_BYTES_PER_STORED_BYTE = 4;

export interface UploadLimits {
  /** Maximum size of the upload as it arrives. */
  readonly maxUploadBytes: number;
  /** Maximum size of all rows as stored. gzip may unpack to four times that. */
  readonly maxDatasetBytes: number;
}

export interface OpenUpload extends RowStream {
  readonly format: RowFormatName;
}

/** Unpacks (gzip), recognises and opens an upload. Errors: data_invalid, too_large; the source is closed then. */
export async function openUpload(
  source: AsyncIterable<Uint8Array>,
  expected: RowFormatName | undefined,
  limits: UploadLimits,
  header?: boolean,
): Promise<OpenUpload> {
  const packed = new ByteReader(limitBytes(source, 'The upload', limits.maxUploadBytes));
  let reader = packed;
  try {
    if (isGzip(await packed.peek(2))) {
      reader = new ByteReader(gunzip(packed.rest(), limits.maxDatasetBytes * RAW_BYTES_PER_STORED_BYTE));
    }
    const format = recognise(await reader.peek(HEAD_BYTES), expected);
    if (header !== undefined && format !== 'csv') {
      throw AppError.of('data_invalid', {
        where: 'byte 0',
        found: format,
        allowed: 'csv, if header is given',
      });
    }
    const settings = { maxStoredBytes: limits.maxDatasetBytes, ...(header === undefined ? {} : { header }) };
    const rows = await FORMATS[format].open(reader, settings);
    return { ...rows, format };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

function recognise(head: Buffer, expected: RowFormatName | undefined): RowFormatName {
  const format = ROW_FORMATS.find((name) => FORMATS[name].recognises(head));
  if (format !== undefined && (expected === undefined || expected === format)) return format;
  const start = head.length === 0 ? 'nothing' : `0x${head.toString('hex', 0, 8)}`;
  const allowed = expected ?? `${ROW_FORMATS.join(', ')}, each also in gzip`;
  throw AppError.of('data_invalid', { where: 'byte 0', found: format ?? start, allowed });
}
