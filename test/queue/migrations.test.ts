import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADAPTERS } from '../../src/queue/adapters.ts';
import { JOB_NAMES, PAYLOAD_VERSIONS, TRACKED_NAMES, type JobName } from '../../src/queue/jobs.ts';
import { packPayload } from '../../src/queue/infer-packing.ts';
import { MIGRATIONS, migratePayload } from '../../src/queue/migrations.ts';
import { applyPayload, evaluatePayload, inferPayload, partPayload, trainPayload } from './samples.ts';

const current: Record<JobName, object> = {
  train: trainPayload(),
  evaluate: evaluatePayload(),
  apply: applyPayload(),
  part: partPayload(),
  infer: packPayload(inferPayload()),
};
const written = new URL('payloads-version-1.json', import.meta.url);

/** What the first version of the service left in its queue. */
function readOld(name: 'train' | 'trainWithoutWarnings' | 'evaluate'): Record<string, unknown> {
  const all = JSON.parse(readFileSync(written, 'utf8')) as Record<string, Record<string, unknown>>;
  return all[name] ?? {};
}

describe('payloads of earlier versions', () => {
  it.each(['train', 'trainWithoutWarnings'] as const)('train: %s trains by the split of its time', (name) => {
    const added = { version: PAYLOAD_VERSIONS.train, split: 'test_rows_validate' };
    expect(ADAPTERS.train.check(readOld(name))).toMatchObject({ ...readOld(name), ...added });
  });

  it('evaluate: what was called test rows is what was held out', () => {
    const added = { version: PAYLOAD_VERSIONS.evaluate, evaluation: { rows: 'held_out' } };
    expect(ADAPTERS.evaluate.check(readOld('evaluate'))).toMatchObject({ ...readOld('evaluate'), ...added });
  });

  it.each(JOB_NAMES)('%s: a payload of today passes, one of a later version is refused', (name) => {
    const payload = structuredClone(current[name]);
    expect(() => ADAPTERS[name].check(payload)).not.toThrow();
    expect(() => ADAPTERS[name].check({ ...payload, version: 99 })).toThrow('is not valid');
  });

  it.each(TRACKED_NAMES)('%s: every earlier version has its migration', (name) => {
    expect(MIGRATIONS[name]).toHaveLength(PAYLOAD_VERSIONS[name] - 1);
  });

  it.each([null, 3, 'text', [], {}, { version: 'one' }, { version: 0 }, { version: 1.5 }, { version: -1 }])(
    'what is no payload is left to the check: %j',
    (payload) => {
      for (const name of TRACKED_NAMES) expect(migratePayload(name, payload)).toBe(payload);
      for (const name of JOB_NAMES) {
        expect(() => ADAPTERS[name].check(payload)).toThrow('is not valid');
      }
    },
  );
});
