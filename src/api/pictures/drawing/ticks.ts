/** Marks of an axis: round numbers, spaced by 1, 2 or 5 times a power of ten. */
export interface Ticks {
  readonly values: readonly number[];
  /** Ends of the axis: the outermost round numbers at or beyond the data. */
  readonly low: number;
  readonly high: number;
  readonly formatLabel: (value: number) => string;
}

/** Ticks for data from `low` to `high`, about `count` of them, at least `smallestStep` apart. */
export function chooseNiceTicks(low: number, high: number, count: number, smallestStep = 0): Ticks {
  const span = high > low ? high - low : Math.max(1, Math.abs(low) * 0.1);
  const [from, to] = high > low ? [low, high] : [low - span / 2, low + span / 2];
  const step = Math.max(roundStep(span / count), smallestStep);
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const values = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return {
    values,
    low: first * step,
    high: last * step,
    formatLabel: (value) => value.toFixed(decimals).replace('-', '\u2212'),
  };
}

/** Marks of a logarithmic axis between two powers of ten: 1 to 9 of each decade; only powers of ten have labels. */
export function chooseDecadeTicks(from: number, to: number): { value: number; label: string }[] {
  const decades = Array.from(
    { length: Math.ceil(to) - Math.floor(from) + 1 },
    (_, i) => Math.floor(from) + i,
  );
  const all = decades.flatMap((decade) =>
    Array.from({ length: 9 }, (_, i) => ({
      value: (i + 1) * 10 ** decade,
      label: i === 0 ? `10${toSuperscript(decade)}` : '',
    })),
  );
  return all.filter(({ value }) => Math.log10(value) > from - 1e-9 && Math.log10(value) < to + 1e-9);
}

const SUPERSCRIPTS = '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079';
const toSuperscript = (value: number): string =>
  String(value).replace(/[-0-9]/g, (sign) => (sign === '-' ? '\u207b' : SUPERSCRIPTS.charAt(Number(sign))));

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= rough) ?? 10;
  return factor * power;
}
