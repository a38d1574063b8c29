import { AppError } from '../../errors.ts';
import type { FileSettings } from './file.ts';

/** Called between pieces of a file. Errors: too_large after the deadline, the reason of the signal. */
export type Guard = () => void;

export function createGuard({ deadline, signal }: FileSettings): Guard {
  return () => {
    signal?.throwIfAborted();
    if (deadline !== undefined && Date.now() > deadline.at) {
      const what = 'The time that reading the file takes';
      throw AppError.of('too_large', { what, limit: deadline.seconds, unit: 'seconds' });
    }
  };
}
