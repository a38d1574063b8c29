import { UsageError } from '../usage-error.ts';

/** Errors: UsageError. */
export function parseCount(text: string): number {
  const count = toWhole(text);
  if (count >= 1) return count;
  throw new UsageError(`--count must be a whole number, 1 or more; found "${text}".`);
}

/** Errors: UsageError. */
export function parseSeed(text: string): number {
  const seed = toWhole(text);
  if (seed >= 0) return seed;
  throw new UsageError(`--seed must be a whole number, 0 or more; found "${text}".`);
}

/** NaN for anything but a whole number. */
function toWhole(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isSafeInteger(value) ? value : NaN;
}

/** Parses pairs such as `city=Oslo`. Names that are known may contain `=`, as values may. Errors: UsageError. */
export function parseGiven(pairs: readonly string[], names: readonly string[]): Record<string, string> {
  const known = [...names].sort((a, b) => b.length - a.length);
  return Object.fromEntries(pairs.map((pair) => parsePair(pair, known)));
}

function parsePair(pair: string, known: readonly string[]): [name: string, value: string] {
  const name = known.find((one) => pair.startsWith(`${one}=`)) ?? pair.split('=')[0] ?? '';
  const value = pair.slice(name.length + 1);
  if (name !== '' && value.trim() !== '') return [name, value];
  throw new UsageError(`--given must be pairs such as city=Oslo; found "${pair}".`);
}
