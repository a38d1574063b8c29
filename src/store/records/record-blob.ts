import { AppError } from '../../errors.ts';
import type { StoreDriver } from '../driver.ts';
import type { RecordFormat } from './record-format.ts';

/** A record as JSON text, with the version of its format. */
export const encodeRecord = <T extends object>({ version }: RecordFormat<T>, record: T): Buffer =>
  Buffer.from(`${JSON.stringify({ version, ...record }, null, 2)}\n`, 'utf8');

/** The blob's bytes, or null if nothing is stored. */
export async function readIfThere(driver: StoreDriver, key: string): Promise<Buffer | null> {
  try {
    return await driver.read(key);
  } catch (error) {
    if (isAppError(error, 'blob_not_found')) return null;
    throw error;
  }
}

/** A checked record, brought up to date, or null if nothing is stored. Errors: blob_corrupt, naming the field. */
export async function readRecord<T>(
  driver: StoreDriver,
  key: string,
  format: RecordFormat<T>,
): Promise<T | null> {
  const bytes = await readIfThere(driver, key);
  if (bytes === null) return null;
  try {
    return format.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw AppError.of('blob_corrupt', { key, detail: describeError(cause) }, { cause });
  }
}

/** The value, or null if it is damaged: one damaged record must not make a list fail. */
export async function skipCorrupt<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isAppError(error, 'blob_corrupt')) return null;
    throw error;
  }
}

/** One page of records in the order of their ids; ids without a record (null) are skipped. */
export async function readPage<T>(
  ids: readonly string[],
  limit: number,
  read: (id: string) => Promise<T | null>,
): Promise<{ records: T[]; hasMore: boolean }> {
  const records: T[] = [];
  for (const id of ids) {
    const record = await read(id);
    if (record === null) continue;
    if (records.length === limit) return { records, hasMore: true };
    records.push(record);
  }
  return { records, hasMore: false };
}

/** What is wrong, in a few words. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be read';
  const [problem] = error instanceof AppError ? error.problems : [];
  const message = problem === undefined ? error.message : `${problem.pointer} ${problem.detail}`;
  return message.trim().replace(/\.$/, '');
}

export const isAppError = (error: unknown, code: AppError['code']): error is AppError =>
  error instanceof AppError && error.code === code;
