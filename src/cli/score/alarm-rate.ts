import { UsageError } from '../usage-error.ts';

/** Undefined leaves it to the service, as null. Errors: UsageError. */
export function parseAlarmRate(text: string | undefined): number | null {
  if (text === undefined) return null;
  const rate = text.trim() === '' ? NaN : Number(text);
  if (rate > 0 && rate < 1) return rate;
  throw new UsageError(`--alarm-rate must be a number between 0 and 1, such as 0.01; found "${text}".`);
}
