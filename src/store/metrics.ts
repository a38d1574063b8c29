import type { StoreDriver } from './driver.ts';
import { readLines } from './lines.ts';
import { FirstSteps, LastStep, locateLine, parseMetricsLine } from './metrics-lines.ts';
import { metricsKey } from './model-files.ts';
import type { MetricsLine } from './records/metrics-line.ts';

/**
 * metrics.jsonl: a line for each round (an epoch, or a number of steps), appended while a model is trained. A crash or a second attempt can leave lines that are
 * cut short, out of order or of the same step. Readers get each step once, in ascending order: the readable line of
 * the step that was written last.
 */

export interface MetricsSelection {
  /** Maximum number of lines. */
  readonly limit: number;
  /** Only lines of later steps. */
  readonly after?: number;
  /** Only lines whose epoch is a multiple of this, and the last line. Default: 1. */
  readonly every?: number;
}

export interface MetricsPage {
  readonly lines: MetricsLine[];
  readonly hasMore: boolean;
}

export const appendMetrics = (driver: StoreDriver, id: string, line: MetricsLine): Promise<void> =>
  driver.append(metricsKey(id), JSON.stringify(line));

/** One page. Holds little more than the page in memory, however long the file. */
export async function listMetrics(
  driver: StoreDriver,
  id: string,
  { limit, after = -1, every = 1 }: MetricsSelection,
): Promise<MetricsPage> {
  const chosen = new FirstSteps(limit + 1);
  const last = new LastStep();
  for await (const texts of readLines(driver, metricsKey(id))) {
    for (const text of texts) {
      const place = locateLine(text);
      if (place === null || place.step <= after) continue;
      last.offer(place.step, text);
      if (place.epoch % every === 0) chosen.offer(place.step, text);
    }
  }
  const lines = chosen.take();
  const final = last.take();
  if (final !== null && lines.length <= limit && lines.at(-1)?.step !== final.step) lines.push(final);
  return { lines: lines.slice(0, limit), hasMore: lines.length > limit };
}

/** All of them. */
export async function readMetrics(driver: StoreDriver, id: string): Promise<MetricsLine[]> {
  const lines = new Map<number, MetricsLine>();
  for await (const texts of readLines(driver, metricsKey(id))) {
    for (const text of texts) {
      const line = parseMetricsLine(text);
      if (line !== null) lines.set(line.step, line);
    }
  }
  return [...lines.values()].sort((a, b) => a.step - b.step);
}

export async function truncateMetrics(driver: StoreDriver, id: string, lastStep: number): Promise<void> {
  const kept = (await readMetrics(driver, id)).filter((line) => line.step <= lastStep);
  await driver.write(metricsKey(id), encodeLines(kept));
}

const LINES_AT_ONCE = 1000;

async function* encodeLines(lines: readonly MetricsLine[]): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < lines.length; start += LINES_AT_ONCE) {
    const some = lines.slice(start, start + LINES_AT_ONCE);
    yield Buffer.from(some.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}
