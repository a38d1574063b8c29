import { AppError } from '../../../errors.ts';
import type { FileProblems } from '../file-problems.ts';
import type { RowLimits, RowStream } from '../rows.ts';
import type { Guard } from '../guard.ts';
import { ContentFault } from '../content-fault.ts';
import { decodeImage, type Image } from './png-image.ts';
import type { ZipEntry } from './zip-file.ts';

/** No image of 65,536 values needs more. */
const MAX_IMAGE_BYTES = 2 ** 20;

export const isPng = (name: string): boolean => /\.png$/i.test(name);

interface Input {
  readonly entries: AsyncGenerator<ZipEntry>;
  readonly problems: FileProblems;
  readonly guard: Guard;
}

/** PNG images, each a row; all have the shape of the first. Its pieces end with data_invalid if there is any problem. */
export async function openPngImages(
  first: ZipEntry,
  input: Input,
  { maxStoredBytes }: RowLimits,
): Promise<RowStream> {
  const image = await readFirst(first);
  const dataSize = image.values.length;
  const pieces = readPieces(image, input, Math.floor(maxStoredBytes / dataSize), maxStoredBytes);
  return { rowShape: image.shape, dataSize, dtype: 'uint8', pieces };
}

async function readFirst(entry: ZipEntry): Promise<Image> {
  try {
    return await readImage(entry);
  } catch (error) {
    if (!(error instanceof ContentFault)) throw error;
    throw AppError.of('data_invalid', { where: entry.name, found: error.found, allowed: error.allowed });
  }
}

async function* readPieces(
  first: Image,
  { entries, problems, guard }: Input,
  mostRows: number,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  yield first.values;
  let row = 1;
  for await (const entry of entries) {
    guard();
    row += 1;
    if (row > mostRows)
      throw AppError.of('too_large', { what: 'The data set', limit: maxBytes, unit: 'bytes' });
    try {
      const image = await readImage(entry);
      checkShape(image, first);
      yield image.values;
    } catch (error) {
      if (!(error instanceof ContentFault)) throw error;
      problems.add({
        kind: 'entry',
        row,
        name: entry.name.slice(0, 100),
        found: error.found,
        allowed: error.allowed,
      });
    }
  }
  problems.throwIfAny();
}

async function readImage(entry: ZipEntry): Promise<Image> {
  if (!isPng(entry.name)) throw new ContentFault('another file', 'PNG images alone');
  if (entry.bytes > MAX_IMAGE_BYTES)
    throw new ContentFault(`${entry.bytes} bytes`, `${MAX_IMAGE_BYTES} at most`);
  const pieces: Uint8Array[] = [];
  for await (const piece of entry.read()) pieces.push(piece);
  return decodeImage(Buffer.concat(pieces));
}

function checkShape({ shape }: Image, first: Image): void {
  if (shape.join() === first.shape.join()) return;
  const describe = ([height, width, colours]: readonly number[]): string =>
    `${width} x ${height} pixels, ${colours === undefined ? 'grey' : 'colour'}`;
  throw new ContentFault(describe(shape), `${describe(first.shape)}, as in the first image`);
}
