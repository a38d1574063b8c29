import { AppError } from '../../errors.ts';
import type { FileFormat, FileSettings } from './file.ts';
import { idx } from './idx.ts';
import { npy } from './npy.ts';
import { decodeHead, findEncoding, type TextEncoding } from './text.ts';

/** Bytes from which a file is recognised. */
export const HEAD_BYTES = 4096;

/** A ZIP file is an NPZ file or has images: its directory, at its end, tells which. */
export type Container = 'zip';

export type Recognised =
  | { readonly format: 'csv' | 'json' | 'json_lines'; readonly encoding: TextEncoding }
  | { readonly format: Exclude<FileFormat, 'csv' | 'json' | 'json_lines' | 'npz' | 'png_zip'> | Container };

const startsWith =
  (...starts: string[]) =>
  (head: Buffer): boolean =>
    starts.some((start) => head.toString('latin1', 0, start.length) === start);

const UNDERSTOOD =
  'CSV, JSON (an array of objects), JSON Lines, Parquet, NPY, NPZ, IDX or a ZIP file of PNG images, each also in gzip';

/** Formats that people try, and that are not read. */
const OTHERS: readonly (readonly [string, (head: Buffer) => boolean])[] = [
  ['an old Excel workbook', startsWith('\xd0\xcf\x11\xe0')],
  ['an Arrow or Feather file', startsWith('ARROW1', 'FEA1')],
  ['an HDF5 file', startsWith('\x89HDF')],
  ['a single PNG image', startsWith('\x89PNG')],
  ['a single JPEG image', startsWith('\xff\xd8\xff')],
  ['a PDF file', startsWith('%PDF-')],
  ['an SQLite database', startsWith('SQLite format 3')],
  ['a Python pickle', startsWith('\x80\x03', '\x80\x04', '\x80\x05')],
  ['bzip2', startsWith('BZh')],
  ['xz', startsWith('\xfd7zXZ')],
  ['Zstandard', startsWith('\x28\xb5\x2f\xfd')],
  ['an XML or HTML file', startsWith('<?xml', '<!DOCTYPE', '<!doctype', '<html')],
];

const CONTROL = /[^\t\n\f\r -~\u0080-\uffff]/;
const JSON_ARRAY = /^\s*\[\s*(?:[[{\]"-]|\d|$)/;
const JSON_OBJECT = /^\s*\{\s*(?:["}]|$)/;

/** Recognises a file by its first bytes. Errors: data_invalid with what is understood, validation_failed for the encoding. */
export function recognise(head: Buffer, { format, encoding }: FileSettings): Recognised {
  const found = findBinary(head) ?? findText(head, encoding);
  const other = OTHERS.find(([, claims]) => claims(head))?.[0];
  if (found === null || other !== undefined) throw refuse(other ?? describeHead(head), format);
  if (format === undefined || format === found.format) return found;
  if (found.format === 'zip' && (format === 'npz' || format === 'png_zip')) return found;
  if ('encoding' in found && (format === 'csv' || format === 'json' || format === 'json_lines')) {
    return { format, encoding: found.encoding };
  }
  throw refuse(found.format, format);
}

function findBinary(head: Buffer): Recognised | null {
  if (npy.recognises(head)) return { format: 'npy' };
  if (startsWith('PK\x03\x04', 'PK\x05\x06')(head)) return { format: 'zip' };
  if (startsWith('PAR1')(head)) return { format: 'parquet' };
  // Not the byte order mark of UTF-32.
  return idx.recognises(head) && head[2] !== 0xfe ? { format: 'idx' } : null;
}

function findText(head: Buffer, asked: string | undefined): Recognised | null {
  const encoding = findEncoding(head, asked);
  const text = decodeHead(head, encoding);
  if (head.length === 0 || CONTROL.test(text)) return null;
  const format = JSON_ARRAY.test(text) ? 'json' : JSON_OBJECT.test(text) ? 'json_lines' : 'csv';
  return { format, encoding };
}

const describeHead = (head: Buffer): string =>
  head.length === 0 ? 'nothing' : `0x${head.toString('hex', 0, 8)}`;

export const refuse = (found: string, format?: FileFormat): AppError =>
  AppError.of('data_invalid', { where: 'byte 0', found, allowed: format ?? UNDERSTOOD });
