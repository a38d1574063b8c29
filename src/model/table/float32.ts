/** Any number of six digits comes back from its float32, and every float32 is the nearest one to its first nine digits. */
const [FEWEST_DIGITS, MOST_DIGITS] = [6, 9];

/** The powers of ten that a double holds exactly: a whole number times or divided by one is rounded only once. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Sizes for which these powers shift nine digits in front of the decimal point. */
const [SMALLEST, LARGEST] = [1e-12, 1e21] as const;
/** A scaled value this close to the middle between two whole numbers might be rounded to the wrong one. */
const MARGIN = 1e-5;

/**
 * The number of the fewest digits, six to nine, whose nearest float32 is this one: 0.1 instead of 0.10000000149011612. Whole numbers,
 * NaN and infinities stay as they are.
 */
export function shortenFloat32(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  const size = Math.abs(value);
  if (!(size >= SMALLEST && size < LARGEST)) return searchDigits(value);
  const most = countPlaces(size);
  for (let places = most - MOST_DIGITS + FEWEST_DIGITS; places <= most; places++) {
    const power = powerOfTen(places < 0 ? -places : places);
    const scaled = places < 0 ? size / power : size * power;
    const whole = Math.floor(scaled + 0.5);
    if (Math.abs(scaled - whole) > 0.5 - MARGIN) return searchDigits(value);
    const short = places < 0 ? whole * power : whole / power;
    if (Math.fround(short) === size) return value < 0 ? -short : short;
  }
  return searchDigits(value);
}

/** Decimal places of the last of nine digits; below 0 if it is in front of the decimal point. A logarithm would take longer. */
function countPlaces(size: number): number {
  let shift = 0;
  if (size < 1) while (size * powerOfTen(shift) < 1) shift++;
  else while (size >= powerOfTen(1 - shift)) shift--;
  return MOST_DIGITS - 1 + shift;
}

const powerOfTen = (exponent: number): number => POWERS[exponent] ?? NaN;

/** The same for every value, through text: about twenty times as slow. */
function searchDigits(value: number): number {
  for (let digits = FEWEST_DIGITS; digits < MOST_DIGITS; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(MOST_DIGITS));
}
