import { describe, expect, it } from 'vitest';
import { fsDriver } from '../../src/store/drivers/fs.ts';
import { listMetrics, readMetrics, truncateMetrics } from '../../src/store/metrics.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { metricsLine } from './model-fixtures.ts';

const ID = 'model_1';
const KEY = `models/${ID}/metrics.jsonl`;
const line = (step: number, bound = 0): string =>
  JSON.stringify(metricsLine(step, { epoch: step, validation_elbo: bound }));

async function withFile(texts: readonly string[], end = '\n') {
  const driver = fsDriver(await temporaryFolder());
  await driver.write(KEY, Buffer.from(texts.join('\n') + end));
  return driver;
}

const found = (lines: readonly { step: number; validation_elbo: number | null }[]) =>
  lines.map(({ step, validation_elbo: bound }) => [step, bound]);

/** Every page, read one after another. */
async function pagesOf(driver: ReturnType<typeof fsDriver>, limit: number, every?: number) {
  const pages: [number, number | null][][] = [];
  let after = -1;
  for (let more = true; more;) {
    const page = await listMetrics(driver, ID, { limit, after, ...(every !== undefined && { every }) });
    expect(page.lines.length).toBeLessThanOrEqual(limit);
    pages.push(page.lines.map(({ step, validation_elbo: bound }) => [step, bound]));
    after = page.lines.at(-1)?.step ?? after;
    more = page.hasMore;
  }
  return pages;
}

describe('metrics of a damaged file give each step once, as it was written last', () => {
  it.each([
    [
      'a training that went back and repeated steps',
      [line(1), line(2, -1), line(3, -1), line(2, -2), line(3, -2)],
    ],
    ['two attempts that write in turn', [line(1), line(3, -1), line(2, -1), line(3, -2), line(2, -2)]],
    ['a line that was cut short', [line(1), line(2, -2), line(3, -9).slice(0, 40), line(3, -2)]],
    [
      'a line cut short after a whole one of its step',
      [line(1), line(2, -2), line(3, -2), line(3, -9).slice(0, 90)],
    ],
    ['two lines run together', [line(1), line(2, -2), line(3, -9).slice(0, 30) + line(4), line(3, -2)]],
    [
      'lines of other things',
      [line(1), '', 'null', '{"step":7,"epoch":7,"x":1}', '[]', line(2, -2), line(3, -2)],
    ],
    ['bytes of nothing', [line(1), '\0'.repeat(300_000), line(2, -2), line(3, -2)]],
    ['lines in reverse', [line(3, -2), line(2, -2), line(1)]],
  ])('after %s', async (_, texts) => {
    const driver = await withFile(texts);
    const expected = [
      [1, 0],
      [2, -2],
      [3, -2],
    ];
    expect(found(await readMetrics(driver, ID))).toEqual(expected);
    for (const limit of [1, 2, 3, 100]) expect((await pagesOf(driver, limit)).flat()).toEqual(expected);
    expect((await pagesOf(driver, 1, 2)).flat()).toEqual([
      [2, -2],
      [3, -2],
    ]);
    await truncateMetrics(driver, ID, 2);
    expect(String(await driver.read(KEY))).toBe(`${line(1)}\n${line(2, -2)}\n`);
  });

  it('leaves out a last line that is not finished', async () => {
    const driver = await withFile([line(1), line(2)], '');
    expect(await pagesOf(driver, 10)).toEqual([[[1, 0]]]);
    expect(found(await readMetrics(driver, ID))).toEqual([[1, 0]]);
  });
});

describe('pages of metrics', () => {
  it('are empty without a file', async () => {
    const driver = fsDriver(await temporaryFolder());
    expect(await listMetrics(driver, ID, { limit: 10 })).toEqual({ lines: [], hasMore: false });
  });

  it('hold together what a long file holds, wherever its lines are cut into pieces', async () => {
    const count = 5000;
    const driver = await withFile(Array.from({ length: count }, (_, i) => line(i + 1)));
    const steps = (pages: [number, number | null][][]) => pages.flat().map(([step]) => step);
    expect(steps(await pagesOf(driver, 999))).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    const thin = steps(await pagesOf(driver, 100, 7));
    expect(thin).toEqual([...Array.from({ length: 714 }, (_, i) => 7 * (i + 1)), count]);
    expect(steps(await pagesOf(driver, 2, count))).toEqual([count]);
  });

  it('end with the last line, on a page of its own if the one before is full', async () => {
    const driver = await withFile([1, 2, 3, 4, 5].map((step) => line(step)));
    expect(await pagesOf(driver, 2, 2)).toEqual([
      [
        [2, 0],
        [4, 0],
      ],
      [[5, 0]],
    ]);
  });

  it('let other work run while a long file is read', async () => {
    const driver = await withFile(Array.from({ length: 20_000 }, (_, i) => line(i + 1)));
    let [turns, reading] = [0, true];
    const countTurns = (): void => {
      turns += 1;
      if (reading) setImmediate(countTurns);
    };
    countTurns();
    await listMetrics(driver, ID, { limit: 10 });
    reading = false;
    expect(turns).toBeGreaterThan(10);
  });
});
