/** A quantity in nats per row after `samples` training samples. */
export interface Point {
  readonly samples: number;
  readonly nats: number;
}

/** By rising samples. */
export type Curve = readonly Point[];

/** Keeps curves of thousands of epochs legible. */
const BINS_PER_DECADE = 24;

/** The value at `samples`, interpolated linearly over log10(samples); null outside the curve. */
export function interpolateCurve(curve: Curve, samples: number): number | null {
  const after = curve.findIndex((point) => point.samples >= samples);
  const [low, high] = [curve[after - 1], curve[after]];
  if (!high) return null;
  if (high.samples === samples) return high.nats;
  if (!low) return null;
  const share = Math.log(samples / low.samples) / Math.log(high.samples / low.samples);
  return low.nats + share * (high.nats - low.nats);
}

/** Averages over bins of equal width in log10, so that minibatch noise cancels where points are dense. */
export function thinOut(curve: Curve): Curve {
  const bins = new Map<number, Point[]>();
  for (const point of curve) {
    const bin = Math.floor(Math.log10(point.samples) * BINS_PER_DECADE + 1e-9);
    bins.set(bin, [...(bins.get(bin) ?? []), point]);
  }
  return [...bins.values()].map((points) => ({
    samples: Math.round(Math.exp(average(points.map(({ samples }) => Math.log(samples))))),
    nats: average(points.map(({ nats }) => nats)),
  }));
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
