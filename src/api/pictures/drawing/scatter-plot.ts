import {
  fillDisc,
  fillRectangle,
  measureWidth,
  TEXT_HEIGHT,
  write,
  writeUpwards,
  type Colour,
} from './canvas.ts';
import { createBlank, type Raster } from './raster.ts';
import { chooseNiceTicks, type Ticks } from './ticks.ts';

export interface Legend {
  readonly title: string;
  /** Of the classes 0, 1, ... */
  readonly names: readonly string[];
}

export interface Scatter {
  readonly points: readonly (readonly [x: number, y: number])[];
  /** The class of each point, negative if it has none; null if there are no classes. */
  readonly labels: readonly number[] | null;
  /** What the legend says. Default: the classes as numbers. */
  readonly legend?: Legend;
  readonly xLabel: string;
  readonly yLabel: string;
}

/** Ten colours that are easy to tell apart; they repeat from the eleventh class on. */
const COLOURS: readonly Colour[] = [
  [31, 119, 180],
  [255, 127, 14],
  [44, 160, 44],
  [214, 39, 40],
  [148, 103, 189],
  [140, 86, 75],
  [227, 119, 194],
  [127, 127, 127],
  [188, 189, 34],
  [23, 190, 207],
];
const [INK, AXIS, GRID, OTHER]: readonly [Colour, Colour, Colour, Colour] = [
  [40, 40, 40],
  [90, 90, 90],
  [228, 228, 228],
  [200, 200, 200],
];
/** Distances in pixels from the left and the top, with room for the numbers of the axes. */
export const PLOT = { left: 96, right: 696, top: 20, bottom: 620 } as const;
const HEIGHT = PLOT.bottom + 68;
const LEGEND = { left: PLOT.right + 28, width: 92, line: 26, mark: 7, right: 12 } as const;
const LONGEST_NAME = 20;
const MOST_CLASSES = 20;
const TICKS = 8;
const [RADIUS, OPACITY] = [2.6, 0.75];

export function pickColour(label: number): Colour {
  return label < 0 ? OTHER : (COLOURS[label % COLOURS.length] ?? INK);
}

/** Draws points over a pair of axes, coloured by class, with a legend. */
export function drawScatterPlot({ points, labels, legend, xLabel, yLabel }: Scatter): Raster {
  const classes = [...new Set(labels ?? [])].toSorted((a, b) => a - b).slice(0, MOST_CLASSES);
  const [title, ...names] = writeLegend(classes, legend);
  const width = title === undefined ? PLOT.right + 24 : LEGEND.left + measureLegend(title, names);
  const raster = createBlank(width, HEIGHT, 3, 255);
  const [xTicks, yTicks] = [chooseTicks(points.map(([x]) => x)), chooseTicks(points.map(([, y]) => y))];
  const x = createScale(xTicks, PLOT.left, PLOT.right);
  const y = createScale(yTicks, PLOT.bottom, PLOT.top);
  drawXAxis(raster, xTicks, x, xLabel);
  drawYAxis(raster, yTicks, y, yLabel);
  points.forEach(([px, py], i) => {
    fillDisc(raster, [x(px), y(py)], RADIUS, pickColour(labels?.[i] ?? 0), OPACITY);
  });
  if (title !== undefined) drawLegend(raster, classes, title, names);
  return raster;
}

type Scale = (value: number) => number;

function createScale({ low, high }: Ticks, from: number, to: number): Scale {
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

function chooseTicks(values: readonly number[]): Ticks {
  const [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
  return chooseNiceTicks(low, high, TICKS);
}

function drawXAxis(raster: Raster, { values, formatLabel: label }: Ticks, x: Scale, name: string): void {
  for (const value of values) {
    const at = Math.round(x(value));
    fillRectangle(raster, [at, PLOT.top, 1, PLOT.bottom - PLOT.top], GRID);
    fillRectangle(raster, [at, PLOT.bottom, 1, 6], AXIS);
    write(raster, label(value), [at, PLOT.bottom + 12], 'middle', INK);
  }
  fillRectangle(raster, [PLOT.left, PLOT.bottom, PLOT.right - PLOT.left + 1, 1], AXIS);
  write(raster, name, [(PLOT.left + PLOT.right) / 2, PLOT.bottom + 42], 'middle', INK);
}

function drawYAxis(raster: Raster, { values, formatLabel: label }: Ticks, y: Scale, name: string): void {
  for (const value of values) {
    const at = Math.round(y(value));
    fillRectangle(raster, [PLOT.left + 1, at, PLOT.right - PLOT.left, 1], GRID);
    fillRectangle(raster, [PLOT.left - 6, at, 6, 1], AXIS);
    write(raster, label(value), [PLOT.left - 12, at - TEXT_HEIGHT / 2], 'right', INK);
  }
  fillRectangle(raster, [PLOT.left, PLOT.top, 1, PLOT.bottom - PLOT.top], AXIS);
  writeUpwards(raster, name, [12, (PLOT.top + PLOT.bottom) / 2], INK);
}

/** The title and a name for each class; nothing without classes. */
function writeLegend(classes: readonly number[], legend: Legend | undefined): string[] {
  if (classes.length === 0) return [];
  const names = classes.map((label) => (label < 0 ? 'other' : (legend?.names[label] ?? String(label))));
  return [legend?.title ?? 'label', ...names].map((text) =>
    text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME - 1)}\u2026`,
  );
}

function measureLegend(title: string, names: readonly string[]): number {
  const widths = [measureWidth(title), ...names.map((name) => 3 * LEGEND.mark + measureWidth(name))];
  return Math.max(LEGEND.width, ...widths.map((width) => width + LEGEND.right));
}

function drawLegend(
  raster: Raster,
  classes: readonly number[],
  title: string,
  names: readonly string[],
): void {
  write(raster, title, [LEGEND.left, PLOT.top], 'left', INK);
  classes.forEach((label, i) => {
    const top = PLOT.top + (i + 1) * LEGEND.line + 4;
    const middle = top + TEXT_HEIGHT / 2 - 0.5;
    fillDisc(raster, [LEGEND.left + LEGEND.mark, middle], LEGEND.mark, pickColour(label), 1);
    write(raster, names[i] ?? '', [LEGEND.left + 3 * LEGEND.mark, top], 'left', INK);
  });
}
