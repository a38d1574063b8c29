import { niceTicks, type Ticks } from '../../api/pictures/ticks.ts';

export interface Series {
  readonly name: string;
  /** A y that is null (not known) or not finite leaves a gap in the line. */
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** Of x; 1 keeps epochs whole. Default: any. */
  readonly smallestXStep?: number;
}

export const CHART_SIZE = { width: 720, height: 440 } as const;
export const PLOT = { left: 76, right: 694, top: 74, bottom: 382 } as const;

/** Told apart by colour-blind readers and, through the dashes, in black and white; from the ninth curve on they repeat. */
const STYLES = [
  { colour: '#0072b2', dash: '' },
  { colour: '#d55e00', dash: '7 4' },
  { colour: '#009e73', dash: '2 3' },
  { colour: '#cc79a7', dash: '10 3 2 3' },
  { colour: '#56b4e9', dash: '' },
  { colour: '#e69f00', dash: '7 4' },
  { colour: '#000000', dash: '2 3' },
  { colour: '#999999', dash: '10 3 2 3' },
] as const;
/** Lines of more points than this have no marks at them. */
const MOST_MARKS = 30;

type Point = readonly [x: number, y: number];
type Scale = (value: number) => number;

/** Curves over one pair of axes, as a standalone SVG. */
export function lineChart(chart: Chart): string {
  const known = chart.series.flatMap(({ points }) => points.filter(isKnown));
  const xTicks = ticksOf(
    known.map(({ x }) => x),
    10,
    chart.smallestXStep,
  );
  const yTicks = ticksOf(
    known.map(({ y }) => y),
    6,
  );
  const [left, right] = known.length > 0 ? extent(known.map(({ x }) => x)) : [0, 1];
  // The x axis ends where the data end; a single point stands in the middle.
  const x = scale(left === right ? [left - 1, right + 1] : [left, right], [PLOT.left, PLOT.right]);
  const y = scale([yTicks.low, yTicks.high], [PLOT.bottom, PLOT.top]);
  const inside = xTicks.values.filter((value) => value >= left - 1e-9 && value <= right + 1e-9);
  const { width, height } = CHART_SIZE;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13" fill="#333">`,
    `<title>${escape(chart.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(PLOT.left, 28, chart.title, 'font-size="17" font-weight="600" fill="#111"'),
    ...legend(chart.series),
    ...yTicks.values.map((value) => yTick(y(value), yTicks.label(value))),
    ...inside.map((value) => xTick(x(value), xTicks.label(value))),
    `<path d="M${PLOT.left} ${PLOT.top}V${PLOT.bottom}H${PLOT.right}" fill="none" stroke="#555"/>`,
    text((PLOT.left + PLOT.right) / 2, height - 14, chart.xLabel, 'text-anchor="middle"'),
    verticalText(20, (PLOT.top + PLOT.bottom) / 2, chart.yLabel),
    ...chart.series.flatMap((series, index) => curve(series, index, x, y)),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function isKnown(point: Series['points'][number]): point is { x: number; y: number } {
  return Number.isFinite(point.x) && point.y !== null && Number.isFinite(point.y);
}

function ticksOf(values: readonly number[], count: number, smallestStep?: number): Ticks {
  const [low, high] = values.length > 0 ? extent(values) : [0, 1];
  return niceTicks(low, high, count, smallestStep);
}

function extent(values: readonly number[]): readonly [number, number] {
  return values.reduce<readonly [number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

const scale =
  ([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Scale =>
  (value) =>
    from + ((value - low) / (high - low)) * (to - from);

function curve({ points }: Series, index: number, x: Scale, y: Scale): string[] {
  const pieces: Point[][] = [[]];
  for (const point of points) {
    if (isKnown(point)) pieces.at(-1)?.push([x(point.x), y(point.y)]);
    else pieces.push([]);
  }
  const { colour } = styleOf(index);
  const lines = pieces
    .filter((piece) => piece.length > 1)
    .map((piece) => `<polyline points="${piece.map(pair).join(' ')}" ${stroke(index)}/>`);
  const all = pieces.flat();
  const marked = all.length <= MOST_MARKS ? all : pieces.filter(({ length }) => length === 1).flat();
  const marks = marked.map(
    ([cx, cy]) => `<circle cx="${round(cx)}" cy="${round(cy)}" r="3.5" fill="${colour}"/>`,
  );
  return [...lines, ...marks];
}

/** One row above the plot, in the order of the series. */
function legend(series: readonly Series[]): string[] {
  let left: number = PLOT.left;
  return series.flatMap(({ name }, index) => {
    const at = left;
    left += 44 + name.length * 7.5 + 20;
    const { colour } = styleOf(index);
    return [
      `<line x1="${at}" y1="50" x2="${at + 34}" y2="50" ${stroke(index)}/>`,
      `<circle cx="${at + 17}" cy="50" r="3.5" fill="${colour}"/>`,
      text(at + 42, 54.5, name),
    ];
  });
}

const styleOf = (index: number) => STYLES[index % STYLES.length] ?? STYLES[0];

function stroke(index: number): string {
  const { colour, dash } = styleOf(index);
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `fill="none" stroke="${colour}" stroke-width="2.2" stroke-linejoin="round"${dashes}`;
}

function yTick(y: number, label: string): string {
  const grid = `<line x1="${PLOT.left}" y1="${round(y)}" x2="${PLOT.right}" y2="${round(y)}" stroke="#e3e3e3"/>`;
  return grid + text(PLOT.left - 9, round(y + 4.5), label, 'text-anchor="end"');
}

function xTick(x: number, label: string): string {
  const mark = `<line x1="${round(x)}" y1="${PLOT.bottom}" x2="${round(x)}" y2="${PLOT.bottom + 5}" stroke="#555"/>`;
  return mark + text(round(x), PLOT.bottom + 21, label, 'text-anchor="middle"');
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escape(content)}</text>`;
}

function verticalText(x: number, y: number, content: string): string {
  return text(x, y, content, `text-anchor="middle" transform="rotate(-90 ${x} ${y})"`);
}

const round = (value: number): number => Math.round(value * 100) / 100;
const pair = ([x, y]: Point): string => `${round(x)},${round(y)}`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (content: string): string => content.replace(/[&<>"]/g, (found) => ENTITIES[found] ?? found);
