import { describe, expect, test } from 'vitest';
import { thinOut, interpolateCurve } from '../../../src/cli/reproduce/curve.ts';
import { PANELS } from '../../../src/cli/reproduce/options.ts';
import { readPaperCurves, toPaperPanel } from '../../../src/cli/reproduce/paper.ts';
import { arrangeCharts, drawOverlay } from '../../../src/cli/reproduce/plot.ts';
import { findBestStep } from '../../../src/cli/reproduce/steps.ts';

describe("the paper's curves", () => {
  test.each(PANELS)('are there for $data $latents', async (panel) => {
    const curves = await readPaperCurves(2, toPaperPanel(panel));
    expect([...curves.keys()].toSorted()).toEqual([
      'AEVB test',
      'AEVB train',
      'wake-sleep test',
      'wake-sleep train',
    ]);
    for (const curve of curves.values()) {
      expect(curve.length).toBeGreaterThan(8);
      expect(curve.map(({ samples }) => samples)).toEqual(
        curve.map(({ samples }) => samples).toSorted((a, b) => a - b),
      );
    }
  });

  test('are read at any number of samples', async () => {
    const mnist = (await readPaperCurves(2, 'MNIST Nz=20')).get('AEVB test') ?? [];
    expect(interpolateCurve(mnist, 1e6)).toBeCloseTo(-120.3, 1);
    expect(interpolateCurve(mnist, 1e7)).toBeCloseTo(-103.0, 0);
    const frey = (await readPaperCurves(2, 'Frey Nz=2')).get('AEVB test') ?? [];
    expect(Math.round(interpolateCurve(frey, 1e6) ?? NaN)).toBe(673);
  });
});

describe('a curve', () => {
  const curve = [
    { samples: 100, nats: -10 },
    { samples: 10_000, nats: -6 },
  ];

  test('is straight over log10 between its points and unknown outside of them', () => {
    expect(interpolateCurve(curve, 1000)).toBeCloseTo(-8);
    expect(interpolateCurve(curve, 10_000)).toBe(-6);
    expect(interpolateCurve(curve, 100)).toBe(-10);
    expect([interpolateCurve(curve, 99), interpolateCurve(curve, 10_001), interpolateCurve([], 5)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('is thinned to means, without moving a straight line', () => {
    const line = Array.from({ length: 3000 }, (_, i) => ({
      samples: 100 * (i + 1),
      nats: 5 * Math.log10(100 * (i + 1)),
    }));
    const few = thinOut(line);
    expect(few.length).toBeLessThan(100);
    for (const { samples, nats } of few) expect(nats).toBeCloseTo(5 * Math.log10(samples), 1);
  });
});

describe('the step size', () => {
  test('is the one with the best bound; one that diverged is never it', () => {
    const pilot = (step_size: number, score: number | null) => ({ step_size, score });
    expect(findBestStep([pilot(0.01, -150), pilot(0.02, -140), pilot(0.1, null)])).toBe(0.02);
    expect(findBestStep([pilot(0.01, 500), pilot(0.02, 480), pilot(0.1, -3e9)])).toBe(0.01);
    expect(() => findBestStep([pilot(0.01, null)])).toThrow(/diverged/);
  });
});

describe('the plot', () => {
  const plot = async (name: string) =>
    drawOverlay({
      title: 'MNIST 20',
      yLabel: 'nats',
      ours: [{ name, curve: [1e5, 3e5, 1e6].map((samples) => ({ samples, nats: -130 })) }],
      paper: [{ name, curve: (await readPaperCurves(2, 'MNIST Nz=20')).get(name) ?? [] }],
      yRange: [-150, -100],
    });

  test("has the paper's curve point by point under ours, on logarithmic axes", async () => {
    const svg = await plot('AEVB test');
    const lines = [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, points = '']) =>
      points.split(' ').map((pair) => pair.split(',').map(Number)),
    );
    expect(lines.map(({ length }) => length)).toEqual([38, 3]);
    // 1e5 to 1e7 between 76 and 694 pixels; -150 to -100 between 382 and 74.
    const place = (samples: number, nats: number) => [
      76 + ((Math.log10(samples) - 5) / 2) * 618,
      382 - ((nats + 150) / 50) * 308,
    ];
    const paper = (await readPaperCurves(2, 'MNIST Nz=20')).get('AEVB test') ?? [];
    paper.forEach(({ samples, nats }, i) => {
      const [x = 0, y = 0] = place(samples, nats);
      expect(lines[0]?.[i]?.[0]).toBeCloseTo(x, 1);
      expect(lines[0]?.[i]?.[1]).toBeCloseTo(y, 1);
    });
    const texts = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, content]) => content);
    expect(texts).toEqual(
      expect.arrayContaining(['AEVB test, paper', 'AEVB test, ours', '10⁵', '10⁶', '10⁷']),
    );
  });

  test('draws train dashed and test solid', async () => {
    expect(await plot('AEVB train')).toMatch(/<polyline [^>]*stroke-dasharray/);
    expect(await plot('AEVB test')).not.toMatch(/<polyline [^>]*stroke-dasharray/);
  });

  test('stands beside others in one picture', async () => {
    const one = await plot('AEVB test');
    const svg = arrangeCharts([one, one, one], 2);
    const size = /width="(\d+)" height="(\d+)"/;
    const [width, height] = (size.exec(one) ?? []).slice(1).map(Number);
    expect((size.exec(svg) ?? []).slice(1).map(Number)).toEqual([2 * (width ?? 0), 2 * (height ?? 0)]);
    expect(svg).toContain(`<svg x="0" y="${height}"`);
  });
});
