import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../errors.ts';
import type { StoreDriver, RandomAccess } from '../driver.ts';
import { PieceThreads } from './piece-threads.ts';

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;
const MAX_DEPTH = 8;
/** Temporary names start with a dot, so no key can name one. */
const TEMPORARY = /^\.[0-9a-f-]{36}\.tmp$/;
/** An unfinished file that nobody has written to for this long belongs to a process that died. */
const STALE_MS = 24 * 3600 * 1000;
const SETTLED_MS = 50;
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);
const FULL = new Set(['ENOSPC', 'EDQUOT']);
const UNWRITABLE = new Set(['EROFS', 'EACCES', 'EPERM', 'EIO']);

export interface FsDriverOptions {
  /** The compiled piece-thread.ts. Without it, nothing is read in threads. */
  readonly pieceThread?: URL;
}

/** Blobs as files below a folder, which is made with the first write. */
export function fsDriver(folder: string, { pieceThread }: FsDriverOptions = {}): StoreDriver {
  const pathOf = (key: string): string => join(folder, ...checkNames(key));
  return {
    read: (key) => rejectNotFound(key, readFile(pathOf(key))),
    write: (key, source) => rejectRefused(key, write(pathOf(key), source)),
    append: (key, line) => rejectRefused(key, append(pathOf(key), line)),
    version: (key) => findVersion(pathOf(key)),
    list: (prefix) => list(prefix === '' ? folder : pathOf(prefix)),
    remove: (prefix) => rejectRefused(prefix, remove(pathOf(prefix))),
    open: (key) => rejectNotFound(key, openFile(key, pathOf(key), pieceThread)),
  };
}

/** Keys are made by the store from checked ids; this is the second line of defence against paths that leave the folder. */
function checkNames(key: string): string[] {
  const names = key.split('/');
  if (names.length <= MAX_DEPTH && names.every((name) => NAME.test(name))) return names;
  throw AppError.of('id_invalid', { id: JSON.stringify(key.slice(0, 100)) });
}

async function write(
  path: string,
  source: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<{ sha256: string; bytes: number }> {
  const parent = dirname(path);
  await makeFolder(parent);
  await removeStale(parent);
  const temporary = join(parent, `.${randomUUID()}.tmp`);
  try {
    const summary = await writeTemporary(temporary, source);
    await rename(temporary, path);
    await syncFolder(parent);
    return summary;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeTemporary(path: string, source: Uint8Array | AsyncIterable<Uint8Array>) {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx');
  try {
    for await (const piece of source instanceof Uint8Array ? [source] : source) {
      hash.update(piece);
      bytes += piece.byteLength;
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Not synced to the disk: a crash of the process loses nothing, one of the machine may lose the last lines. */
async function append(path: string, line: string): Promise<void> {
  if (line.includes('\n')) throw new RangeError('A line to append must not contain a line break.');
  await makeFolder(dirname(path));
  const file = await open(path, 'a+');
  try {
    // A line that a crash cut short must not swallow the next one.
    const start = (await endsInsideLine(file)) ? '\n' : '';
    await file.writeFile(`${start}${line}\n`);
  } finally {
    await file.close();
  }
}

async function endsInsideLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last.toString('latin1') !== '\n';
}

/** File systems tell times no finer than some milliseconds, so what has just changed may change again unseen: it has no version yet. */
async function findVersion(path: string): Promise<string | null> {
  const found = await replaceAbsent(null, stat(path, { bigint: true }));
  if (found === null) return null;
  const { ino, mtimeNs, size, mtimeMs } = found;
  const isSettled = Math.abs(Date.now() - Number(mtimeMs)) > SETTLED_MS;
  return [ino, mtimeNs, size, isSettled ? '' : randomUUID()].join(' ');
}

async function list(path: string): Promise<string[]> {
  const names = await replaceAbsent([], readdir(path));
  return names.filter((name) => NAME.test(name)).sort();
}

async function remove(path: string): Promise<void> {
  // Retries if another process adds a file in the meantime.
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
  await replaceAbsent(undefined, syncFolder(dirname(path)));
}

async function openFile(key: string, path: string, pieceThread?: URL): Promise<RandomAccess> {
  const file = await open(path, 'r');
  try {
    const status = await file.stat();
    if (!status.isFile()) throw AppError.of('blob_not_found', { key });
    const threads = pieceThread && new PieceThreads(path, pieceThread);
    return randomAccess(key, file, status.size, threads);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function randomAccess(key: string, file: FileHandle, bytes: number, threads?: PieceThreads): RandomAccess {
  let closing: Promise<void> | undefined;
  const createEarlyEnd = (at: number): AppError =>
    AppError.of('blob_corrupt', { key, detail: `it ends before byte ${at}` });
  return {
    bytes,
    async read(target, offset) {
      for (let done = 0; done < target.byteLength;) {
        const left = target.byteLength - done;
        const { bytesRead } = await file.read(target, done, left, offset + done);
        if (bytesRead === 0) throw createEarlyEnd(offset + target.byteLength);
        done += bytesRead;
      }
    },
    ...(threads && {
      readPieces: async (target: Uint8Array, offsets: Float64Array, length: number) => {
        const end = await threads.read(target, offsets, length);
        if (end !== null) throw createEarlyEnd(end);
      },
    }),
    close: () => (closing ??= Promise.all([file.close(), threads?.close()]).then(() => undefined)),
  };
}

/** Creates a folder and its parents, and syncs each new name so that it survives a crash of the machine. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let at = path; at.length >= first.length; at = dirname(at)) await syncFolder(dirname(at));
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // Windows opens no folders.
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeStale(folder: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of names.filter((entry) => TEMPORARY.test(entry))) {
    const path = join(folder, name);
    const modified = await replaceAbsent(
      Infinity,
      stat(path).then(({ mtimeMs }) => mtimeMs),
    );
    if (modified < Date.now() - STALE_MS) await rm(path, { force: true });
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
const isAbsent = (error: unknown): boolean => ABSENT.has(codeOf(error));

async function replaceAbsent<T>(fallback: T, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isAbsent(error)) return fallback;
    throw error;
  }
}

async function rejectNotFound<T>(key: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isAbsent(error)) throw AppError.of('blob_not_found', { key }, { cause: error });
    throw error;
  }
}

/** Rethrows what the file system refuses as store_full or store_unwritable. */
async function rejectRefused<T>(key: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = codeOf(error);
    if (FULL.has(code)) throw AppError.of('store_full', { key, code }, { cause: error });
    if (UNWRITABLE.has(code)) throw AppError.of('store_unwritable', { key, code }, { cause: error });
    throw error;
  }
}
