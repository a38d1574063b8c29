import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { StoreDriver } from '../../src/store/driver.ts';
import { codeOf, piecesOf } from './support.ts';

/** What every driver does. `open` gives an empty store that goes away with the test. */
export function driverContract(name: string, open: () => Promise<StoreDriver>): void {
  describe(`driver ${name}`, () => {
    describe('write and read', () => {
      writing(open);
    });
    describe('append', () => {
      appending(open);
    });
    describe('version', () => {
      versions(open);
    });
    describe('list and remove', () => {
      listing(open);
    });
    describe('open', () => {
      opening(open);
    });
    describe('keys', () => {
      keys(open);
    });
  });
}

const text = (value: string): Buffer => Buffer.from(value);

function writing(open: () => Promise<StoreDriver>): void {
  it('reads back what was written, with its size and SHA-256', async () => {
    const driver = await open();
    const written = await driver.write('a/b/c.bin', piecesOf(text('one '), text('two')));
    expect(written).toEqual({ sha256: createHash('sha256').update('one two').digest('hex'), bytes: 7 });
    expect(String(await driver.read('a/b/c.bin'))).toBe('one two');
  });

  it('writes an empty blob', async () => {
    const driver = await open();
    expect((await driver.write('empty', new Uint8Array())).bytes).toBe(0);
    expect(await driver.read('empty')).toHaveLength(0);
  });

  it('replaces a blob', async () => {
    const driver = await open();
    await driver.write('a/b', text('a long first text'));
    await driver.write('a/b', text('second'));
    expect(String(await driver.read('a/b'))).toBe('second');
  });

  it('keeps the old blob and leaves nothing new when the source throws in the middle', async () => {
    const driver = await open();
    await driver.write('a/old', text('old'));
    const broken = async function* () {
      yield text('half of the ne');
      throw new Error('the source broke');
    };
    await expect(driver.write('a/old', broken())).rejects.toThrow('the source broke');
    await expect(driver.write('a/new', broken())).rejects.toThrow('the source broke');
    expect(String(await driver.read('a/old'))).toBe('old');
    expect(await driver.list('a')).toEqual(['old']);
  });

  it('shows a reader the old blob until the new one is whole', async () => {
    const driver = await open();
    await driver.write('a/blob', text('old'));
    const seen: string[] = [];
    const watched = async function* () {
      yield text('ne');
      seen.push(String(await driver.read('a/blob')), ...(await driver.list('a')));
      yield text('w');
    };
    await driver.write('a/blob', watched());
    expect(seen).toEqual(['old', 'blob']);
    expect(String(await driver.read('a/blob'))).toBe('new');
  });

  it('survives two writers of one blob at once', async () => {
    const driver = await open();
    const values = ['x'.repeat(100_000), 'y'.repeat(100_000)];
    await Promise.all(values.map((value) => driver.write('a/blob', text(value))));
    expect(values).toContain(String(await driver.read('a/blob')));
    expect(await driver.list('a')).toEqual(['blob']);
  });

  it('says blob_not_found for what is not there', async () => {
    const driver = await open();
    await driver.write('a/b', text('1'));
    expect(await codeOf(driver.read('nothing/here'))).toBe('blob_not_found');
    expect(await codeOf(driver.read('a'))).toBe('blob_not_found');
    expect(await codeOf(driver.read('a/b/c'))).toBe('blob_not_found');
  });
}

function appending(open: () => Promise<StoreDriver>): void {
  it('makes the blob and adds lines to it', async () => {
    const driver = await open();
    await driver.append('a/log', 'one');
    await driver.append('a/log', 'two');
    expect(String(await driver.read('a/log'))).toBe('one\ntwo\n');
  });

  it('begins a new line after one that was cut short', async () => {
    const driver = await open();
    await driver.write('a/log', text('one\ntw'));
    await driver.append('a/log', 'three');
    expect(String(await driver.read('a/log'))).toBe('one\ntw\nthree\n');
  });

  it('refuses a text of two lines', async () => {
    const driver = await open();
    await expect(driver.append('a/log', 'one\ntwo')).rejects.toThrow(RangeError);
  });
}

function listing(open: () => Promise<StoreDriver>): void {
  it('names blobs and folders directly below, sorted', async () => {
    const driver = await open();
    for (const key of ['a/z', 'a/b/c', 'a/b/d', 'a/Y', 'other']) await driver.write(key, text('1'));
    expect(await driver.list('a')).toEqual(['Y', 'b', 'z']);
    expect(await driver.list('')).toEqual(['a', 'other']);
  });

  it('lists nothing where there is nothing', async () => {
    const driver = await open();
    expect(await driver.list('')).toEqual([]);
    expect(await driver.list('nothing/here')).toEqual([]);
  });

  it('removes one blob, a whole prefix, and what is not there', async () => {
    const driver = await open();
    for (const key of ['a/b/c', 'a/b/d', 'a/e', 'ab']) await driver.write(key, text('1'));
    await driver.remove('a/b/c');
    expect(await driver.list('a/b')).toEqual(['d']);
    await driver.remove('a');
    await driver.remove('nothing/here');
    expect(await driver.list('')).toEqual(['ab']);
  });
}

function opening(open: () => Promise<StoreDriver>): void {
  it('reads at any offset', async () => {
    const driver = await open();
    await driver.write('a/b', text('0123456789'));
    const blob = await driver.open('a/b');
    const target = new Uint8Array(3);
    expect(blob.bytes).toBe(10);
    await blob.read(target, 7);
    expect(String(Buffer.from(target))).toBe('789');
    await blob.read(target, 0);
    expect(String(Buffer.from(target))).toBe('012');
    await blob.close();
    await blob.close();
  });

  it('says blob_corrupt where the blob ends before', async () => {
    const driver = await open();
    await driver.write('a/b', text('0123456789'));
    const blob = await driver.open('a/b');
    await expect(blob.read(new Uint8Array(3), 8)).rejects.toThrow('a/b is damaged: it ends before byte 11.');
    await blob.close();
  });

  it('says blob_not_found for what is not there', async () => {
    const driver = await open();
    await driver.write('a/b', text('1'));
    expect(await codeOf(driver.open('a/c'))).toBe('blob_not_found');
    expect(await codeOf(driver.open('a'))).toBe('blob_not_found');
  });
}

function keys(open: () => Promise<StoreDriver>): void {
  const bad = ['', '/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../../b', 'a/./b', '.hidden', 'a/.hidden'];
  const worse = [
    'a\\b',
    'a\0b',
    'a b',
    'ä',
    'a\n',
    'x'.repeat(129),
    Array(9).fill('a').join('/'),
    'C:',
    '~/a',
    '%2e%2e',
  ];

  it.each([...bad, ...worse])('refuses the key %j', async (key) => {
    const driver = await open();
    expect(await codeOf(async () => driver.write(key, text('1')))).toBe('id_invalid');
    expect(await codeOf(async () => driver.append(key, '1'))).toBe('id_invalid');
    expect(await codeOf(async () => driver.read(key))).toBe('id_invalid');
    expect(await codeOf(async () => driver.open(key))).toBe('id_invalid');
    expect(await codeOf(async () => driver.remove(key))).toBe('id_invalid');
    if (key !== '') expect(await codeOf(async () => driver.list(key))).toBe('id_invalid');
  });
}

function versions(open: () => Promise<StoreDriver>): void {
  /** As long as it takes until what was written last has a version that stays. */
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60));

  it('stays the same as long as nothing changes', async () => {
    const driver = await open();
    await driver.write('a/b/one', text('1'));
    await settle();
    const look = () => Promise.all(['a', 'a/b', 'a/b/one'].map((key) => driver.version(key)));
    const before = await look();
    expect(before).not.toContain(null);
    expect(await look()).toEqual(before);
  });

  it('is null if nothing is there', async () => {
    const driver = await open();
    expect(await driver.version('a/b')).toBeNull();
    await driver.write('a/b', text('1'));
    await driver.remove('a/b');
    expect(await driver.version('a/b')).toBeNull();
  });

  it('differs after a blob was replaced, at once too', async () => {
    const driver = await open();
    await driver.write('a/b/one', text('1'));
    for (let i = 0; i < 20; i++) {
      const before = await driver.version('a/b/one');
      await driver.write('a/b/one', text('2'));
      expect(await driver.version('a/b/one')).not.toBe(before);
    }
  });

  it('of a folder differs after a blob in it was added, replaced or removed', async () => {
    const driver = await open();
    await driver.write('a/b/one', text('1'));
    for (const change of [
      () => driver.write('a/b/two', text('2')),
      () => driver.write('a/b/one', text('3')),
      () => driver.remove('a/b/two'),
    ]) {
      const before = await driver.version('a/b');
      await change();
      expect(await driver.version('a/b')).not.toBe(before);
    }
  });
}
