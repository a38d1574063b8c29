import type { Metrics } from '../api/models/schemas.ts';
import type { Client } from './client.ts';
import type { Epoch } from './progress.ts';

const LINES_PER_PAGE = 10_000;

/** Reads all pages of a training's metrics, or only those after a given step. */
export async function readAllMetrics(client: Client, modelId: string, after?: number): Promise<Epoch[]> {
  const lines: Epoch[] = [];
  for (let last = after; ;) {
    const from = last === undefined ? '' : `&after=${last}`;
    const path = `/models/${modelId}/metrics?limit=${LINES_PER_PAGE}${from}`;
    const { data, has_more: hasMore } = await client.getJson<Metrics>(path);
    for (const line of data) lines.push(line);
    last = data.at(-1)?.step;
    if (!hasMore || last === undefined) return lines;
  }
}
