import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shortenFloat32 } from '../../../src/store/contents/float32.ts';

it('a float32 is written with few digits that tell it from its neighbours', () => {
  expect([0.1, 1 / 3, 123456.7, -0.25, 0, 3.4e38].map(Math.fround).map(shortenFloat32)).toEqual([
    0.1, 0.33333334, 123456.7, -0.25, 0, 3.4e38,
  ]);
  fc.assert(
    fc.property(fc.float(), (value) => {
      const short = shortenFloat32(value);
      expect(Math.fround(short)).toBe(value);
      expect(String(short).length).toBeLessThanOrEqual(String(value).length);
    }),
  );
});
