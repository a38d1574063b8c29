/** A quantity in nats per row after so many training samples. */
export interface Point {
  readonly samples: number;
  readonly nats: number;
}

/** By rising samples. */
export type Curve = readonly Point[];

/** Bins of this width in log10 keep a curve of thousands of epochs legible. */
const BINS_PER_DECADE = 24;

/** The value at `samples`, in a straight line over log10 between the points around it; null outside the curve. */
export function valueAt(curve: Curve, samples: number): number | null {
  const after = curve.findIndex((point) => point.samples >= samples);
  const [low, high] = [curve[after - 1], curve[after]];
  if (!high) return null;
  if (high.samples === samples) return high.nats;
  if (!low) return null;
  const share = Math.log(samples / low.samples) / Math.log(high.samples / low.samples);
  return low.nats + share * (high.nats - low.nats);
}

/** Means over bins of equal width in log10, so that minibatch noise averages out where points are dense. */
export function thinned(curve: Curve): Curve {
  const bins = new Map<number, Point[]>();
  for (const point of curve) {
    const bin = Math.floor(Math.log10(point.samples) * BINS_PER_DECADE + 1e-9);
    bins.set(bin, [...(bins.get(bin) ?? []), point]);
  }
  return [...bins.values()].map((points) => ({
    samples: Math.round(Math.exp(mean(points.map(({ samples }) => Math.log(samples))))),
    nats: mean(points.map(({ nats }) => nats)),
  }));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
