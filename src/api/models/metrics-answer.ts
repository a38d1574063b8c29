import { MetricsLine } from '../../store/records/metrics-line.ts';
import { CSV_TYPE, JSON_TYPE } from '../http/media.ts';
import { negotiate } from '../http/negotiation.ts';
import { Metrics, type MetricsQuery } from './schemas.ts';

/** The answer as JSON or CSV. */
export const METRICS_ANSWER = {
  description: 'Lines by ascending step, each step once.',
  content: {
    [JSON_TYPE]: { schema: Metrics },
    [CSV_TYPE]: {
      schema: { type: 'string', description: 'The same as a table. The link header leads to the next page.' },
    },
  },
};

export interface MetricsAnswer {
  readonly type: string;
  readonly content: Metrics | string;
}

/** The query decides the format, otherwise the Accept header. Errors: not_acceptable. */
export function formatMetrics(
  metrics: Metrics,
  { format }: MetricsQuery,
  accept: string | undefined,
): MetricsAnswer {
  const wantsCsv =
    format === undefined ? negotiate(accept, [JSON_TYPE, CSV_TYPE]) === CSV_TYPE : format === 'csv';
  return wantsCsv
    ? { type: `${CSV_TYPE}; charset=utf-8`, content: toCsv(metrics.data) }
    : { type: JSON_TYPE, content: metrics };
}

const COLUMNS = Object.keys(MetricsLine.properties);

/** Numbers and times need no quotes. */
function toCsv(lines: readonly MetricsLine[]): string {
  const rows = lines.map((line: Readonly<Record<string, string | number | null>>) =>
    COLUMNS.map((column) => String(line[column] ?? '')).join(','),
  );
  return [COLUMNS.join(','), ...rows, ''].join('\n');
}

/** The link to the next page, relative to this one (RFC 8288); null on the last page. */
export function linkNextPage({ data, has_more: hasMore }: Metrics, query: MetricsQuery): string | null {
  const last = data.at(-1);
  if (!hasMore || last === undefined) return null;
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, after: last.step })) next.set(name, String(value));
  return `<?${next.toString()}>; rel="next"`;
}
