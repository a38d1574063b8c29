/** Every float32 is the nearest one to its first nine digits. */
const MOST_DIGITS = 9;
const FEWEST_DIGITS = 6;

/** A number of six to nine digits whose nearest float32 is this one: 0.1 instead of 0.10000000149011612. */
export function shortenFloat32(value: number): number {
  if (!Number.isFinite(value) || Number.isSafeInteger(value)) return value;
  for (let digits = FEWEST_DIGITS; digits < MOST_DIGITS; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(MOST_DIGITS));
}
