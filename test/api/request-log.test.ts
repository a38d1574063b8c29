import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createId } from '../../src/ids.ts';
import { buildTestApi } from '../support/api.ts';

interface Line {
  readonly level: number;
  readonly msg: string;
}
const { debug, info, warn } = pino.levels.values;

async function logged() {
  const lines: Line[] = [];
  const logger = pino({ level: 'debug' }, { write: (line) => lines.push(JSON.parse(line) as Line) });
  const api = await buildTestApi({}, { logger });
  const levelsOf = async (url: string): Promise<(readonly [string, number])[]> => {
    lines.length = 0;
    await api.call({ url });
    return lines.map(({ msg, level }) => [msg, level] as const);
  };
  return { api, levelsOf };
}

describe('the log', () => {
  it('tells of polls that go well at debug', async () => {
    const { api, levelsOf } = await logged();
    const response = await api.call({ method: 'POST', url: '/jobs', payload: { dataset_id: 'mnist' } });
    const { id } = response.json<{ id: string }>();
    for (const url of ['/healthz', '/readyz', `/jobs/${id}`]) {
      expect(await levelsOf(url)).toEqual([
        ['incoming request', debug],
        ['request completed', debug],
      ]);
    }
  });

  it('tells of polls that do not, and of everything else, at info', async () => {
    const { api, levelsOf } = await logged();
    expect(await levelsOf(`/jobs/${createId('job')}`)).toEqual([
      ['incoming request', debug],
      ['request refused', info],
      ['request completed', info],
    ]);
    expect(await levelsOf('/jobs')).toEqual([
      ['incoming request', info],
      ['request completed', info],
    ]);
    api.producer.failure = new Error('gone');
    expect(await levelsOf('/readyz')).toEqual([
      ['incoming request', debug],
      ['not ready', warn],
      ['request failed', warn],
      ['request completed', info],
    ]);
  });
});
