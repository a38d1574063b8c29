import { AppError } from '../../errors.ts';
import type { DatasetUpload } from '../datasets.ts';

/** Checks what an upload's settings are before anything is read. Errors: validation_failed. */
export function checkSettings({ scale = 1, testRows = 0 }: DatasetUpload): void {
  if (!(scale > 0 && Number.isFinite(scale))) {
    throw createSettingProblem('scale', 'must be a finite number above 0');
  }
  if (!Number.isSafeInteger(testRows) || testRows < 0) {
    throw createSettingProblem('test_rows', 'must be a whole number, 0 or more');
  }
}

export const createSettingProblem = (name: string, detail: string): AppError =>
  AppError.of('validation_failed', { what: 'The data set' }, { problems: [{ pointer: `/${name}`, detail }] });

export const refuseTestRows = (rows: number): AppError =>
  createSettingProblem('test_rows', `must be less than the ${rows} rows of the data`);
