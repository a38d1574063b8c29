import { chooseDecadeTicks, chooseNiceTicks } from '../api/pictures/drawing/ticks.ts';

/** The corners of the plot, in pixels. */
export const CHART_AREA = { left: 76, right: 694, top: 74, bottom: 382 } as const;

export type Range = readonly [low: number, high: number];
export type Scale = (value: number) => number;

/** A y that is null (unknown) or not finite leaves a gap in the line. */
export interface DataPoint {
  readonly x: number;
  readonly y: number | null;
}

/** What the axes are made for. */
export interface Plotted {
  readonly series: readonly { readonly points: readonly DataPoint[] }[];
  /** Minimum distance between ticks on x; 1 keeps epochs whole. Default: none. Not for log10. */
  readonly smallestXStep?: number;
  /** Default: linear. */
  readonly xScale?: 'linear' | 'log10';
  /** The visible range of each axis; curves are clipped to it. Default: all points, with y extended to round numbers. */
  readonly xRange?: Range;
  readonly yRange?: Range;
}

/** An axis maps values to pixels and has ticks. */
export interface Axis {
  readonly place: Scale;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

/** The x axis ends where the data end. A single point is in the middle. */
export function createXAxis({ series, xScale, xRange, smallestXStep }: Plotted): Axis {
  const values = series.flatMap(({ points }) => points.filter(isKnown)).map(({ x }) => x);
  const [left, right] = xRange ?? (values.length > 0 ? findExtent(values) : [1, 1]);
  const axes = { linear: createLinearX, log10: createLogarithmicX };
  return axes[xScale ?? 'linear'](left, right, smallestXStep);
}

function createLinearX(left: number, right: number, smallestStep?: number): Axis {
  const ends = left === right ? ([left - 1, right + 1] as const) : ([left, right] as const);
  const { values, formatLabel: label } = chooseNiceTicks(left, right, 10, smallestStep);
  const inside = values.filter((value) => value >= left - 1e-9 && value <= right + 1e-9);
  return {
    place: createScale(ends, [CHART_AREA.left, CHART_AREA.right]),
    ticks: inside.map((value) => ({ value, label: label(value) })),
  };
}

function createLogarithmicX(left: number, right: number): Axis {
  const [from, to] = [Math.log10(left), Math.log10(right)];
  const ends = from === to ? ([from - 1, to + 1] as const) : ([from, to] as const);
  const linear = createScale(ends, [CHART_AREA.left, CHART_AREA.right]);
  return { place: (value) => linear(Math.log10(value)), ticks: chooseDecadeTicks(...ends) };
}

export function createYAxis({ series, yRange }: Plotted): Axis {
  const values = series.flatMap(({ points }) => points.filter(isKnown)).map(({ y }) => y);
  const [bottom, top] = yRange ?? (values.length > 0 ? findExtent(values) : [0, 1]);
  const ticks = chooseNiceTicks(bottom, top, 6);
  return {
    place: createScale(yRange ?? [ticks.low, ticks.high], [CHART_AREA.bottom, CHART_AREA.top]),
    ticks: ticks.values
      .filter((value) => yRange === undefined || (value >= bottom - 1e-9 && value <= top + 1e-9))
      .map((value) => ({ value, label: ticks.formatLabel(value) })),
  };
}

export function isKnown(point: DataPoint): point is { x: number; y: number } {
  return Number.isFinite(point.x) && point.y !== null && Number.isFinite(point.y);
}

function findExtent(values: readonly number[]): readonly [number, number] {
  return values.reduce<readonly [number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

const createScale =
  ([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Scale =>
  (value) =>
    from + ((value - low) / (high - low)) * (to - from);
