import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addPrefix,
  fillNamed,
  getNamed,
  mapNamed,
  selectNamed,
  stripPrefix,
} from '../../src/model/named-arrays.ts';

const values = { b: 1, a: 2, 'slot/a': 3, 'slot/b': 4 };

describe('named arrays', () => {
  it('are got by name, and a missing one is named in the error', () => {
    expect(getNamed(values, 'a')).toBe(2);
    expect(() => getNamed(values, 'c')).toThrow(new RangeError('c is missing'));
  });

  it('are selected by name, whatever is not there', () => {
    expect(Object.entries(selectNamed(values, ['a', 'b', 'c']))).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
  });

  it('are mapped with their names', () => {
    expect(mapNamed({ a: 1, b: 2 }, (value, name) => `${name}${value}`)).toEqual({ a: 'a1', b: 'b2' });
  });

  it('lose only the prefix asked for, and those without it are left out', () => {
    expect(stripPrefix(values, 'slot/')).toEqual({ a: 3, b: 4 });
  });

  it('come back in their order when a prefix is added and removed among others', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), fc.string(), (given, prefix) => {
        const mixed = { ...addPrefix(given, `x${prefix}`), ...addPrefix(given, 'y') };
        expect(Object.entries(stripPrefix(mixed, `x${prefix}`))).toEqual(Object.entries(given));
      }),
    );
  });

  it('are filled to their shapes', () => {
    expect(fillNamed({ a: [2, 2], b: [] }, 0.5)).toEqual({
      a: { shape: [2, 2], data: new Float32Array(4).fill(0.5) },
      b: { shape: [], data: new Float32Array(1).fill(0.5) },
    });
  });
});
