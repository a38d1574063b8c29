/** What a request holds at some place, for messages. */
export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (typeof value === 'number')
    return Number.isFinite(value) ? String(value) : 'a number that is not finite';
  if (typeof value === 'string') return 'a string';
  return value === null || typeof value === 'boolean' ? String(value) : 'an object';
}
