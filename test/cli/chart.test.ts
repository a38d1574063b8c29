import { describe, expect, test } from 'vitest';
import { CHART_AREA } from '../../src/cli/axes.ts';
import { CHART_SIZE, drawLineChart, type Series } from '../../src/cli/chart.ts';
import { chooseNiceTicks } from '../../src/api/pictures/drawing/ticks.ts';

const rising: Series = {
  name: 'train',
  points: [
    { x: 1, y: -135.4 },
    { x: 2, y: -121.2 },
    { x: 3, y: -116.9 },
  ],
};
const chart = (...series: Series[]): string =>
  drawLineChart({ title: 'Bound', xLabel: 'epoch', yLabel: 'nats per image', smallestXStep: 1, series });

describe('line chart', () => {
  test('is well-formed XML of the stated size', () => {
    const svg = chart(rising, { name: 'a < b & "c"', points: rising.points });
    expect(openElements(svg)).toEqual([]);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="720" height="440"/);
    expect(textsOf(svg)).toContain('a &lt; b &amp; &quot;c&quot;');
  });

  test('names title, axes, curves and round ticks', () => {
    expect(textsOf(chart(rising, { ...rising, name: 'test' }))).toMatchInlineSnapshot(`
      [
        "Bound",
        "train",
        "test",
        "−140",
        "−135",
        "−130",
        "−125",
        "−120",
        "−115",
        "1",
        "2",
        "3",
        "epoch",
        "nats per image",
      ]
    `);
  });

  test('keeps every point inside the axes, rising values upwards', () => {
    const points = polylines(chart(rising))[0] ?? [];
    expect(points).toHaveLength(3);
    for (const [x, y] of points) expect(inPlot(x, y)).toBe(true);
    const heights = points.map(([, y]) => y);
    expect(heights).toEqual(heights.toSorted((a, b) => b - a));
    expect(points[0]?.[0]).toBe(CHART_AREA.left);
    expect(points.at(-1)?.[0]).toBe(CHART_AREA.right);
  });

  test('shows a single point as a mark', () => {
    const svg = chart({ name: 'one', points: [{ x: 1, y: -120 }] });
    expect(polylines(svg)).toEqual([]);
    const marks = marksOf(svg);
    expect(marks).toHaveLength(1);
    for (const [x, y] of marks) expect(inPlot(x, y)).toBe(true);
    expect(svg).not.toContain('NaN');
  });

  test('leaves a gap where a value is missing', () => {
    const ys = [-130, -120, null, -118, NaN, -117, -116];
    const svg = chart({ name: 'gaps', points: ys.map((y, i) => ({ x: i + 1, y })) });
    expect(polylines(svg).map((line) => line.length)).toEqual([2, 2]);
    expect(marksOf(svg)).toHaveLength(5);
    expect(svg).not.toContain('NaN');
  });

  test.each([
    ['no series', []],
    ['no points', [{ name: 'empty', points: [] }]],
    ['only missing values', [{ name: 'none', points: [{ x: 1, y: null }] }]],
  ])('draws empty axes for %s', (_, series) => {
    const svg = chart(...series);
    expect(openElements(svg)).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  test('keeps its texts inside the picture with large numbers', () => {
    const svg = chart({ name: 'large', points: [-123_456, -1].map((y, i) => ({ x: i + 1, y })) });
    const longest = Math.max(
      ...textsOf(svg)
        .filter((text) => /^\u2212?\d/.test(text))
        .map((text) => text.length),
    );
    expect(longest * 8).toBeLessThan(CHART_AREA.left);
    expect(CHART_AREA.right).toBeLessThan(CHART_SIZE.width);
  });
});

describe('ticks', () => {
  test.each([
    [0, 1, 5, ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']],
    [-135.4, -116.9, 6, ['\u2212140', '\u2212135', '\u2212130', '\u2212125', '\u2212120', '\u2212115']],
    [1, 3, 10, ['1', '2', '3']],
    [7, 7, 2, ['6.5', '7.0', '7.5']],
  ])('from %d to %d are round', (low, high, count, labels) => {
    const { values, formatLabel: label } = chooseNiceTicks(low, high, count, low === 1 ? 1 : 0);
    expect(values.map(label)).toEqual(labels);
  });
});

type Point = readonly [x: number, y: number];

function inPlot(x: number, y: number): boolean {
  return x >= CHART_AREA.left && x <= CHART_AREA.right && y >= CHART_AREA.top && y <= CHART_AREA.bottom;
}

function polylines(svg: string): Point[][] {
  return [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points = '']) =>
    points.split(' ').map((pair) => {
      const [x = NaN, y = NaN] = pair.split(',').map(Number);
      return [x, y] as const;
    }),
  );
}

/** The marks of the curves: those of the legend stand above the plot. */
function marksOf(svg: string): Point[] {
  return [...svg.matchAll(/<circle cx="([^"]*)" cy="([^"]*)"/g)]
    .map(([, x, y]) => [Number(x), Number(y)] as const)
    .filter(([, y]) => y >= CHART_AREA.top);
}

function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, content = '']) => content);
}

/** Elements that were not closed, or not in order; throws at a stray `<` or `&`. */
function openElements(xml: string): string[] {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)>/g,
    (_, end, name, _attributes, empty) => {
      if (end === '/' && open.pop() !== name) throw new Error(`</${String(name)}> closes another element`);
      if (end === '' && empty === '') open.push(String(name));
      return '';
    },
  );
  if (/<|&(?!(?:amp|lt|gt|quot);)/.test(rest)) throw new Error(`not XML: ${rest}`);
  return open;
}
