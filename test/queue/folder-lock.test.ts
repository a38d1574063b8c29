import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/queue/drivers/folder-lock.ts';

describe('a folder lock', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aevb-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is held by one at a time and leaves nothing behind', async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'queue_folder_locked',
      message: expect.stringContaining(`pid ${process.pid}`) as string,
    });
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    const next = await lockFolder(folder);
    await next.release();
  });

  it('goes to exactly one of many who start at once, over the claims of the dead', async () => {
    for (let round = 0; round < 10; round++) {
      await writeFile(join(folder, `${'0'.repeat(15)}${round}.${process.pid}.claim`), 'held');
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
      const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const { value } of won) await value.release();
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it('works in folders whose path is too long for the address of a socket', async () => {
    const deep = join(folder, 'a'.repeat(120));
    const lock = await lockFolder(deep);
    await expect(lockFolder(deep)).rejects.toMatchObject({ code: 'queue_folder_locked' });
    await lock.release();
    expect(await readdir(deep)).toEqual([]);
  });
});
