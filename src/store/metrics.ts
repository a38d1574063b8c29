import type { Driver } from './driver.ts';
import { metricsKey, parseMetricsLine } from './model-files.ts';
import type { MetricsLine } from './records/metrics-line.ts';
import { readIfThere } from './records/record-blob.ts';

export const appendMetrics = (driver: Driver, id: string, line: MetricsLine): Promise<void> =>
  driver.append(metricsKey(id), JSON.stringify(line));

/** By rising step. Lines that a crash cut short, at the end or with others after them, are left out. */
export async function readMetrics(driver: Driver, id: string): Promise<MetricsLine[]> {
  const text = (await readIfThere(driver, metricsKey(id)))?.toString('utf8') ?? '';
  const finished = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const lines = finished.map(parseMetricsLine).filter((line) => line !== null);
  return lines.sort((a, b) => a.step - b.step);
}

export async function truncateMetrics(driver: Driver, id: string, lastStep: number): Promise<void> {
  const kept = (await readMetrics(driver, id)).filter((line) => line.step <= lastStep);
  await driver.write(metricsKey(id), Buffer.from(kept.map((line) => `${JSON.stringify(line)}\n`).join('')));
}
