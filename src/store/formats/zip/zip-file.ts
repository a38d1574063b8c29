import { Readable } from 'node:stream';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { AppError } from '../../../errors.ts';
import type { RandomAccess } from '../../driver.ts';

const PIECE_BYTES = 64 * 1024;

/** One file inside a ZIP file. */
export interface ZipEntry {
  readonly name: string;
  /** Unpacked; checked while it is read. */
  readonly bytes: number;
  /** Errors: data_invalid if it is damaged, encrypted or packed by an unusual method. */
  read(): AsyncGenerator<Uint8Array>;
}

/** The files inside a ZIP file, in the order of its directory, without folders and what systems add. Read once. */
export async function* readEntries(stored: RandomAccess): AsyncGenerator<ZipEntry> {
  const options = { lazyEntries: true, autoClose: false };
  try {
    // There is nothing to close: whoever opened the file closes it.
    const zip = await fromRandomAccessReaderPromise(new StoredReader(stored), stored.bytes, options);
    for await (const entry of zip.eachEntry()) {
      if (!isByTheWay(entry.fileName)) yield toZipEntry(zip, entry);
    }
  } catch (error) {
    throw describeDamage(error);
  }
}

/** Folders, and files of macOS and Windows that nobody put there. */
const isByTheWay = (name: string): boolean =>
  name.endsWith('/') ||
  name.startsWith('__MACOSX/') ||
  /(?:^|\/)(?:\.[^/]*|Thumbs\.db|desktop\.ini)$/i.test(name);

const toZipEntry = (zip: ZipFile, entry: Entry): ZipEntry => ({
  name: entry.fileName,
  bytes: entry.uncompressedSize,
  async *read() {
    let stream: Readable | undefined;
    try {
      stream = await zip.openReadStreamPromise(entry);
      yield* stream as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw describeDamage(error, entry.fileName);
    } finally {
      stream?.destroy();
    }
  },
});

/** The library throws plain errors for whatever is damaged. */
function describeDamage(error: unknown, name?: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const found = `a damaged or unusual ZIP file (${error.message.slice(0, 120)})`;
  return AppError.of('data_invalid', { where: name ?? 'the ZIP file', found, allowed: 'a whole ZIP file' });
}

class StoredReader extends RandomAccessReader {
  readonly #stored: RandomAccess;

  constructor(stored: RandomAccess) {
    super();
    this.#stored = stored;
  }

  /** A damaged directory points anywhere. */
  async #read(target: Buffer, position: number): Promise<void> {
    const end = position + target.length;
    if (position < 0 || end > this.#stored.bytes) throw new RangeError(`no bytes ${position} to ${end}`);
    await this.#stored.read(target, position);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(readRange(this.#stored, start, end), { objectMode: false });
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#read(buffer.subarray(offset, offset + length), position).then(
      () => {
        callback(null);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }
}

async function* readRange(stored: RandomAccess, start: number, end: number): AsyncGenerator<Uint8Array> {
  const last = Math.min(end, stored.bytes);
  for (let at = start; at < last; at += PIECE_BYTES) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, last - at));
    await stored.read(piece, at);
    yield piece;
  }
}
