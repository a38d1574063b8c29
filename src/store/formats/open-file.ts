import { AppError } from '../../errors.ts';
import type { RandomAccess } from '../driver.ts';
import { ByteReader } from './byte-reader.ts';
import { FileProblems } from './file-problems.ts';
import type { ArrayFile, ArrayFormat, FileSettings, FileSource, OpenedFile, TableFormat } from './file.ts';
import { createGuard, type Guard } from './guard.ts';
import { gunzip, isGzip } from './gzip.ts';
import { idx } from './idx.ts';
import { limitBytes } from './limits.ts';
import { npy } from './npy.ts';
import { HEAD_BYTES, recognise, refuse, type Recognised } from './recognise.ts';
import type { RowFormat } from './rows.ts';
import { isStored, readAll } from './source.ts';
import { spool } from './spool.ts';
import { isNpy, openNpz } from './zip/npz.ts';
import { isPng, openPngImages } from './zip/png-images.ts';
import { readEntries } from './zip/zip-file.ts';
import { openCsv } from './tables/csv.ts';
import { splitArray, splitLines } from './tables/json-splitters.ts';
import { openJson } from './tables/json.ts';
import { openParquet } from './tables/parquet.ts';
import type { OpenTable, TableContext } from './tables/table-format.ts';
import { decodeText, type TextEncoding } from './text.ts';

/** A number's text, or a wider type, may take more bytes than the 4 it is stored in. */
const RAW_BYTES_PER_STORED_BYTE = 4;

/**
 * Unpacks (gzip), recognises and opens a file, and reads as far as its columns, or the shape of its rows, are known.
 * Errors: data_invalid, too_large, validation_failed, the signal's reason; everything is closed then.
 */
export async function openFile(source: FileSource, settings: FileSettings): Promise<OpenedFile> {
  const file = new Unpacked(source, settings, createGuard(settings));
  try {
    const recognised = recognise(await file.peek(), settings);
    if (settings.header !== undefined && recognised.format !== 'csv') throw refuseHeader(recognised.format);
    return await open(recognised, file, settings);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Opens a file of one array. Errors: those of {@link openFile}, data_invalid for a table. */
export async function openArray(
  source: FileSource,
  settings: FileSettings & { readonly format: ArrayFormat },
): Promise<ArrayFile> {
  const file = await openFile(source, settings);
  if (file.kind === 'array') return file;
  await file.close();
  throw refuse(file.format, settings.format);
}

const refuseHeader = (found: string): AppError =>
  AppError.of('data_invalid', { where: 'byte 0', found, allowed: 'csv, if header is given' });

async function open(recognised: Recognised, file: Unpacked, settings: FileSettings): Promise<OpenedFile> {
  const problems = new FileProblems();
  const input: TableContext = { settings, problems, guard: file.guard };
  const close = (): Promise<void> => file.close();
  const toTable = (format: TableFormat, table: OpenTable): OpenedFile => ({
    kind: 'table',
    format,
    ...table,
    problems,
    close,
  });
  const toArray = async (format: 'idx' | 'npy', { open: openRows }: RowFormat): Promise<OpenedFile> => {
    const limits = { maxStoredBytes: settings.limits.maxDatasetBytes };
    const rows = await openRows(file.reader, limits);
    return {
      kind: 'array',
      format,
      ...rows,
      pieces: guarded(rows.pieces, file.guard),
      labels: null,
      problems,
      close,
    };
  };
  switch (recognised.format) {
    case 'csv':
      return toTable('csv', await openCsv(decodeText(file.reader.rest(), recognised.encoding), input));
    case 'json':
    case 'json_lines': {
      const texts = await file.rereadTexts(recognised.encoding);
      const split = recognised.format === 'json' ? splitArray : splitLines;
      return toTable(recognised.format, await openJson(texts, split, input));
    }
    case 'idx':
      return toArray('idx', idx);
    case 'npy':
      return toArray('npy', npy);
    case 'parquet':
      return toTable('parquet', await openParquet(await file.reach(), input));
    case 'zip':
      return openZip(file, settings, problems);
  }
}

/** The first file inside decides between arrays and images. */
async function openZip(file: Unpacked, settings: FileSettings, problems: FileProblems): Promise<OpenedFile> {
  const entries = readEntries(await file.reach());
  const first = await entries.next();
  const name = first.done === true ? null : first.value.name;
  const limits = { maxStoredBytes: settings.limits.maxDatasetBytes };
  const base = { kind: 'array', problems, close: () => file.close() } as const;
  if (first.done !== true && isNpy(first.value.name)) {
    const rows = await openNpz(first.value, entries, limits);
    return { ...base, format: 'npz', ...rows, pieces: guarded(rows.pieces, file.guard) };
  }
  if (first.done !== true && isPng(first.value.name)) {
    const rows = await openPngImages(first.value, { entries, problems, guard: file.guard }, limits);
    return { ...base, format: 'png_zip', ...rows, labels: null };
  }
  throw refuse(describeZip(name));
}

function describeZip(name: string | null): string {
  if (name === null) return 'an empty ZIP file';
  const isOffice = name === '[Content_Types].xml' || name.startsWith('_rels/');
  return isOffice
    ? 'an Excel workbook or another Office file'
    : `a ZIP file with ${JSON.stringify(name.slice(0, 60))}`;
}

async function* guarded<Piece>(pieces: AsyncIterable<Piece>, guard: Guard): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    guard();
    yield piece;
  }
}

/** The unpacked bytes of a file, from their start or at any place. */
class Unpacked {
  readonly guard: Guard;
  readonly #source: FileSource;
  readonly #settings: FileSettings;
  readonly #packed: ByteReader;
  #reader: ByteReader;
  #spooled: RandomAccess | null = null;

  constructor(source: FileSource, settings: FileSettings, guard: Guard) {
    this.#source = source;
    this.#settings = settings;
    this.guard = guard;
    const { maxUploadBytes } = settings.limits;
    this.#packed = new ByteReader(guarded(limitBytes(readAll(source), 'The upload', maxUploadBytes), guard));
    this.#reader = this.#packed;
  }

  get reader(): ByteReader {
    return this.#reader;
  }

  /** The first unpacked bytes; before anything else is read. */
  async peek(): Promise<Buffer> {
    if (isGzip(await this.#packed.peek(2))) {
      const most = this.#settings.limits.maxDatasetBytes * RAW_BYTES_PER_STORED_BYTE;
      this.#reader = new ByteReader(gunzip(this.#packed.rest(), most));
    }
    return this.#reader.peek(HEAD_BYTES);
  }

  /** A file that is stored as it is read in place; what is packed or arrives as a stream is spooled. */
  async reach(): Promise<RandomAccess> {
    if (isStored(this.#source) && this.#reader === this.#packed) {
      await this.#reader.close();
      return this.#source;
    }
    this.#spooled = await spool(guarded(this.#reader.rest(), this.guard), this.#settings.temporaryFolder);
    return this.#spooled;
  }

  /** The text from its start, as often as it is asked for. */
  async rereadTexts(encoding: TextEncoding): Promise<() => AsyncGenerator<string>> {
    const stored = await this.reach();
    return () => decodeText(readAll(stored), encoding);
  }

  async close(): Promise<void> {
    await this.#reader.close();
    await this.#spooled?.close();
    this.#spooled = null;
  }
}
