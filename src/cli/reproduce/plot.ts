import { drawLineChart, type Chart, type Style } from '../chart.ts';
import { thinOut, type Curve } from './curve.ts';

/** One of our curves or the paper's, named as in the paper: a method, then `train` or `test`. */
export interface NamedCurve {
  readonly name: string;
  readonly curve: Curve;
}

export interface Plot {
  readonly title: string;
  readonly yLabel: string;
  readonly ours: readonly NamedCurve[];
  readonly paper: readonly NamedCurve[];
  readonly yRange: readonly [low: number, high: number];
  /** Whether to mark our points, if they are few. */
  readonly marks?: boolean;
}

/** Colours of each method: strong for ours, pale for the paper's. */
const COLOURS: Readonly<Record<string, readonly [ours: string, paper: string]>> = {
  AEVB: ['#0072b2', '#8cc4e6'],
  'wake-sleep': ['#d55e00', '#f2b98f'],
  MCEM: ['#009e73', '#8fd6c0'],
};
const DASHES: Readonly<Record<string, string>> = { train: '6 4', test: '' };

/** The x axis ends a decade beyond our curves, but at most where the paper's ends. */
const X = { low: 1e5, beyond: 10, high: 1e8 } as const;

/** Draws our curves over the paper's, on the axes of figures 2 and 3. */
export function drawOverlay({ title, yLabel, ours, paper, yRange, marks = false }: Plot): string {
  const end = Math.max(...ours.map(({ curve }) => curve.at(-1)?.samples ?? 0));
  const chart: Chart = {
    title,
    xLabel: 'training samples evaluated',
    yLabel,
    xScale: 'log10',
    xRange: [Math.min(X.low, end / 10), Math.min(X.high, end * X.beyond)],
    yRange,
    series: [
      ...paper.map(({ name, curve }) => toSeries(`${name}, paper`, curve, chooseStyle(name, 'paper'))),
      ...ours.map(({ name, curve }) =>
        toSeries(`${name}, ours`, thinOut(curve), { ...chooseStyle(name, 'ours'), marks }),
      ),
    ],
  };
  return drawLineChart(chart);
}

function toSeries(name: string, curve: Curve, style: Style): Chart['series'][number] {
  return { name, points: curve.map(({ samples: x, nats: y }) => ({ x, y })), style };
}

function chooseStyle(name: string, whose: 'ours' | 'paper'): Style {
  const [method = '', part = ''] = name.split(' ');
  const [ours, paper] = COLOURS[method] ?? ['#333', '#aaa'];
  const dash = DASHES[part] ?? '';
  return whose === 'ours'
    ? { colour: ours, dash, width: 2.2 }
    : { colour: paper, dash, width: 3, marks: false };
}

/** Arranges charts in rows in one SVG. */
export function arrangeCharts(charts: readonly string[], columns: number): string {
  const sizes = charts.map(readSize);
  const [width, height] = [Math.max(...sizes.map(([w]) => w)), Math.max(...sizes.map(([, h]) => h))];
  const placed = charts.map((chart, i) => {
    const [x, y] = [(i % columns) * width, Math.floor(i / columns) * height];
    return chart.replace('<svg ', `<svg x="${x}" y="${y}" `);
  });
  const [across, down] = [Math.min(columns, charts.length), Math.ceil(charts.length / columns)];
  const size = `width="${across * width}" height="${down * height}"`;
  const box = `viewBox="0 0 ${across * width} ${down * height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${box}>\n${placed.join('')}</svg>\n`;
}

function readSize(svg: string): [width: number, height: number] {
  const [, width = '0', height = '0'] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  return [Number(width), Number(height)];
}
