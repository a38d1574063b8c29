import { AppError } from '../../errors.ts';
import { FileProblems } from './file-problems.ts';
import type { FileSettings, FileSource, OpenedFile } from './file.ts';
import { readAll } from './source.ts';
import { openUpload } from './upload.ts';

/**
 * Unpacks (gzip), recognises and opens a file, and reads as far as its columns, or the shape of its rows, are known.
 * Errors: data_invalid, too_large, the signal's reason; everything is closed then.
 */
export async function openFile(source: FileSource, settings: FileSettings): Promise<OpenedFile> {
  const { format, ...rows } = await openUpload(readAll(source), undefined, settings.limits);
  if (format === 'csv')
    throw AppError.of('data_invalid', { where: 'byte 0', found: format, allowed: 'idx, npy' });
  const close = async (): Promise<void> => undefined;
  return { kind: 'array', format, ...rows, labels: null, problems: new FileProblems(), close };
}
