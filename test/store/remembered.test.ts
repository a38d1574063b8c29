import { describe, expect, it } from 'vitest';
import { Remembered } from '../../src/store/remembered.ts';
import { gate } from '../queue/samples.ts';

function open({ maxAgeMs = 0, most = 2 } = {}) {
  const values = new Map<string, string>();
  const told: string[] = [];
  const remembered = new Remembered<string>({
    read: async (key) => {
      told.push(`read ${key}`);
      const value = values.get(key);
      if (value === undefined) throw new Error(`no ${key}`);
      return value;
    },
    stamp: async (key) => {
      told.push(`stamp ${key}`);
      return String(values.get(key));
    },
    maxAgeMs,
    most,
  });
  return { values, told, remembered };
}

describe('remembered values', () => {
  it('are read again only when their stamps have changed', async () => {
    const { values, told, remembered } = open();
    values.set('a', '1');
    expect([await remembered.get('a'), await remembered.get('a')]).toEqual(['1', '1']);
    values.set('a', '2');
    expect(await remembered.get('a')).toBe('2');
    expect(told).toEqual(['stamp a', 'read a', 'stamp a', 'stamp a', 'read a']);
  });

  it('are not looked at before they are old enough', async () => {
    const { values, told, remembered } = open({ maxAgeMs: 60_000 });
    values.set('a', '1');
    await remembered.get('a');
    values.set('a', '2');
    expect(await remembered.get('a')).toBe('1');
    remembered.forget('a');
    expect(await remembered.get('a')).toBe('2');
    expect(told).toEqual(['stamp a', 'read a', 'stamp a', 'read a']);
  });

  it('share a look among those who ask at once', async () => {
    const { values, told, remembered } = open();
    values.set('a', '1');
    expect(await Promise.all([remembered.get('a'), remembered.get('a')])).toEqual(['1', '1']);
    expect(told).toEqual(['stamp a', 'read a']);
  });

  it('do not keep what was being read when they were told to forget it', async () => {
    const [begun, end] = [gate(), gate()];
    let value = 'old';
    const remembered = new Remembered<string>({
      read: async () => {
        const found = value;
        begun.open();
        await end.opened;
        return found;
      },
      stamp: async () => 'same',
      maxAgeMs: 60_000,
      most: 2,
    });
    const first = remembered.get('a');
    await begun.opened;
    value = 'new';
    remembered.forget('a');
    end.open();
    expect(await first).toBe('old');
    expect(await remembered.get('a')).toBe('new');
  });

  it('do not keep errors, and keep only the most recently used values', async () => {
    const { values, told, remembered } = open({ most: 2 });
    await expect(remembered.get('a')).rejects.toThrow('no a');
    for (const key of ['a', 'b', 'c']) values.set(key, key);
    for (const key of ['a', 'b', 'a', 'c']) await remembered.get(key);
    told.length = 0;
    for (const key of ['a', 'b']) await remembered.get(key);
    expect(told).toEqual(['stamp a', 'stamp b', 'read b']);
  });
});
