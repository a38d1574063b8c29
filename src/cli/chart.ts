import {
  createXAxis,
  createYAxis,
  isKnown,
  CHART_AREA,
  type DataPoint,
  type Plotted,
  type Scale,
} from './axes.ts';

/** The style of a curve. A dash is an SVG dash array; '' is a solid line. */
export interface Style {
  readonly colour: string;
  readonly dash: string;
  readonly width: number;
  /** Whether to mark the points if there are few. Default: true. */
  readonly marks?: boolean;
}

export interface Series {
  readonly name: string;
  readonly points: readonly DataPoint[];
  /** Default: one of eight, by position. */
  readonly style?: Style;
}

export interface Chart extends Plotted {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
}

export const CHART_SIZE = { width: 720, height: 440 } as const;

const WIDTH = 2.2;
/** Colour-blind readers can tell these apart, and the dashes work in black and white. The ninth curve repeats the first. */
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
/** Lines with more points than this have no marks. */
const MOST_MARKS = 30;

/** Distance between rows of the legend. */
const LEGEND_ROW = 20;

type Point = readonly [x: number, y: number];

/** Draws curves over one pair of axes as a standalone SVG. */
export function drawLineChart(chart: Chart): string {
  const [x, y] = [createXAxis(chart), createYAxis(chart)];
  const rows = layOutLegend(chart.series);
  const below = (rows.length - 1) * LEGEND_ROW;
  const [width, height] = [CHART_SIZE.width, CHART_SIZE.height + below];
  const clip = (chart.xRange ?? chart.yRange) ? ' clip-path="url(#plot)"' : '';
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13" fill="#333">`,
    `<title>${escape(chart.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    drawText(CHART_AREA.left, 28, chart.title, 'font-size="17" font-weight="600" fill="#111"'),
    ...rows.flatMap((row, i) => row.map((entry) => drawLegendEntry(entry, 50 + i * LEGEND_ROW))),
    `<g transform="translate(0 ${below})">`,
    ...y.ticks.map(({ value, label }) => drawYTick(y.place(value), label)),
    ...x.ticks.map(({ value, label }) => drawXTick(x.place(value), label)),
    `<path d="M${CHART_AREA.left} ${CHART_AREA.top}V${CHART_AREA.bottom}H${CHART_AREA.right}" fill="none" stroke="#555"/>`,
    drawText(
      (CHART_AREA.left + CHART_AREA.right) / 2,
      CHART_SIZE.height - 14,
      chart.xLabel,
      'text-anchor="middle"',
    ),
    drawVerticalText(20, (CHART_AREA.top + CHART_AREA.bottom) / 2, chart.yLabel),
    ...(clip === '' ? [] : [CLIP]),
    `<g${clip}>`,
    ...chart.series.flatMap((series, index) => drawCurve(series, pickStyle(series, index), x.place, y.place)),
    '</g>',
    '</g>',
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

const CLIP = `<clipPath id="plot"><rect x="${CHART_AREA.left}" y="${CHART_AREA.top}" width="${CHART_AREA.right - CHART_AREA.left}" height="${CHART_AREA.bottom - CHART_AREA.top}"/></clipPath>`;

function drawCurve({ points }: Series, style: Style, x: Scale, y: Scale): string[] {
  const pieces: Point[][] = [[]];
  for (const point of points) {
    if (isKnown(point)) pieces.at(-1)?.push([x(point.x), y(point.y)]);
    else pieces.push([]);
  }
  const lines = pieces
    .filter((piece) => piece.length > 1)
    .map((piece) => `<polyline points="${piece.map(formatPair).join(' ')}" ${formatStroke(style)}/>`);
  const all = pieces.flat();
  const marked =
    all.length <= MOST_MARKS && style.marks !== false
      ? all
      : pieces.filter(({ length }) => length === 1).flat();
  const marks = marked.map(
    ([cx, cy]) =>
      `<circle cx="${round(cx)}" cy="${round(cy)}" r="${round(1.6 * style.width)}" fill="${style.colour}"/>`,
  );
  return [...lines, ...marks];
}

interface LegendEntry {
  readonly name: string;
  readonly style: Style;
  readonly left: number;
}

/** Fills rows above the plot with legend entries, in the order of the series. */
function layOutLegend(series: readonly Series[]): LegendEntry[][] {
  const rows: LegendEntry[][] = [[]];
  let left: number = CHART_AREA.left;
  for (const [index, one] of series.entries()) {
    const width = 44 + one.name.length * 7.5 + 20;
    if (left > CHART_AREA.left && left + width - 20 > CHART_SIZE.width) {
      rows.push([]);
      left = CHART_AREA.left;
    }
    rows.at(-1)?.push({ name: one.name, style: pickStyle(one, index), left });
    left += width;
  }
  return rows;
}

function drawLegendEntry({ name, style, left }: LegendEntry, y: number): string {
  const line = `<line x1="${left}" y1="${y}" x2="${left + 34}" y2="${y}" ${formatStroke(style)}/>`;
  return line + drawText(left + 42, y + 4.5, name);
}

function pickStyle({ style }: Series, index: number): Style {
  return style ?? { ...(STYLES[index % STYLES.length] ?? STYLES[0]), width: WIDTH };
}

function formatStroke({ colour, dash, width }: Style): string {
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"${dashes}`;
}

function drawYTick(y: number, label: string): string {
  const grid = `<line x1="${CHART_AREA.left}" y1="${round(y)}" x2="${CHART_AREA.right}" y2="${round(y)}" stroke="#e3e3e3"/>`;
  return grid + drawText(CHART_AREA.left - 9, round(y + 4.5), label, 'text-anchor="end"');
}

function drawXTick(x: number, label: string): string {
  const mark = `<line x1="${round(x)}" y1="${CHART_AREA.bottom}" x2="${round(x)}" y2="${CHART_AREA.bottom + 5}" stroke="#555"/>`;
  return mark + drawText(round(x), CHART_AREA.bottom + 21, label, 'text-anchor="middle"');
}

function drawText(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escape(content)}</text>`;
}

function drawVerticalText(x: number, y: number, content: string): string {
  return drawText(x, y, content, `text-anchor="middle" transform="rotate(-90 ${x} ${y})"`);
}

const round = (value: number): number => Math.round(value * 100) / 100;
const formatPair = ([x, y]: Point): string => `${round(x)},${round(y)}`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (content: string): string => content.replace(/[&<>"]/g, (found) => ENTITIES[found] ?? found);
