import { existsSync } from 'node:fs';
import {
  mkdir,
  open,
  readdir,
  readFile,
  symlink,
  utimes,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fsDriver } from '../../../src/store/drivers/fs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { driverContract } from '../driver-contract.ts';
import { piecesOf } from '../support.ts';

driverContract('fs', async () => fsDriver(join(await temporaryFolder(), 'store')));

describe('fsDriver', () => {
  it('leaves no file behind when the source throws', async () => {
    const folder = await temporaryFolder();
    const broken = async function* () {
      yield Buffer.from('half');
      throw new Error('the source broke');
    };
    await expect(fsDriver(folder).write('a/b', broken())).rejects.toThrow('the source broke');
    expect(await readdir(join(folder, 'a'))).toEqual([]);
  });

  it.each([
    ['writeFile', 'ENOSPC', 'store_full', 'There is no space left to store a/b (ENOSPC)'],
    ['sync', 'ENOSPC', 'store_full', 'There is no space left to store a/b (ENOSPC)'],
    ['writeFile', 'EDQUOT', 'store_full', 'There is no space left to store a/b (EDQUOT)'],
    ['writeFile', 'EROFS', 'store_unwritable', 'a/b cannot be written (EROFS)'],
    ['sync', 'EIO', 'store_unwritable', 'a/b cannot be written (EIO)'],
  ] as const)('leaves no file behind when %s tells %s, and says so', async (method, errno, code, message) => {
    const folder = await temporaryFolder();
    const driver = fsDriver(folder);
    await driver.write('a/b', Buffer.from('old'));
    const full = Object.assign(new Error(`${errno}: refused by the file system`), { code: errno });
    const spy = vi.spyOn(await fileHandlePrototype(folder), method).mockRejectedValueOnce(full);
    onTestFinished(() => {
      spy.mockRestore();
    });
    await expect(driver.write('a/b', piecesOf(Buffer.from('new')))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
      cause: full,
    });
    expect(await readdir(join(folder, 'a'))).toEqual(['b']);
    expect(await readFile(join(folder, 'a/b'), 'utf8')).toBe('old');
  });

  it.runIf(existsSync('/dev/full'))('says so where a line finds no room', async () => {
    const folder = await temporaryFolder();
    await symlink('/dev/full', join(folder, 'log'));
    await expect(fsDriver(folder).append('log', 'a line')).rejects.toMatchObject({ code: 'store_full' });
  });

  it('hides temporary files; the next write removes those a day old', async () => {
    const folder = await temporaryFolder();
    const driver = fsDriver(folder);
    await mkdir(join(folder, 'a'));
    const stale = join(folder, 'a', '.00000000-0000-4000-8000-000000000000.tmp');
    const fresh = join(folder, 'a', '.00000000-0000-4000-8000-000000000001.tmp');
    await Promise.all([stale, fresh].map((path) => writeFile(path, 'unfinished')));
    const past = new Date(Date.now() - 25 * 3600 * 1000);
    await utimes(stale, past, past);
    expect(await driver.list('a')).toEqual([]);
    await driver.write('a/b', Buffer.from('1'));
    expect((await readdir(join(folder, 'a'))).sort()).toEqual([fresh.slice(-41), 'b']);
  });

  it('keeps an open blob readable while it is replaced and removed', async () => {
    const driver = fsDriver(await temporaryFolder());
    await driver.write('a/b', Buffer.from('old'));
    const blob = await driver.open('a/b');
    await driver.write('a/b', Buffer.from('new'));
    await driver.remove('a');
    const target = Buffer.alloc(3);
    await blob.read(target, 0);
    expect(String(target)).toBe('old');
    await blob.close();
  });

  it('replaces a link instead of writing through it', async () => {
    const folder = await temporaryFolder();
    const outside = join(await temporaryFolder(), 'outside');
    await writeFile(outside, 'untouched');
    await symlink(outside, join(folder, 'link'));
    await fsDriver(folder).write('link', Buffer.from('new'));
    expect(await readFile(outside, 'utf8')).toBe('untouched');
  });
});

async function fileHandlePrototype(folder: string): Promise<FileHandle> {
  const handle = await open(join(folder, 'probe'), 'w');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}
