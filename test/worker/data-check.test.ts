import { describe, expect, it } from 'vitest';
import { modelSpec } from '../support/specifications.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { errorOf, streamOf } from '../store/support.ts';
import { openWorkshop } from './workshop.ts';

describe('before it trains', () => {
  it('a worker looks at every row where no profile can tell, and names the one that does not fit', async () => {
    const workshop = await openWorkshop(await temporaryFolder());
    const rows = Array.from({ length: 600 }, (_, i) =>
      i === 511 ? '1,1,1' : i % 2 === 0 ? '1,1,0' : '1,0,1',
    );
    const text = ['kind,left,right', ...rows].join('\n');
    const { id } = await workshop.store.datasets.create(streamOf(text), { name: 'groups' });
    const { likelihood } = modelSpec({ likelihood: { family: 'categorical', groups: [1, 2] } });
    const payload = await workshop.order({}, { likelihood }, id);
    const error = await errorOf(workshop.train(payload));
    expect(error).toMatchObject({ code: 'data_invalid', kind: 'invalid' });
    expect(error?.message).toBe(
      `At row 512, left of ${id}: found 2 ones in the one-hot group of columns 2 to 3; allowed: at most one.`,
    );
  });
});
