import { expect, it } from 'vitest';
import { shortenFloat32 } from '../../../src/model/table.ts';

it('a float32 is written with few digits that tell it from its neighbours', () => {
  expect(
    [0.1, 1 / 3, 123456.7, -0.25, 0, 3.4e38, 0.7558714747428894].map(Math.fround).map(shortenFloat32),
  ).toEqual([0.1, 0.33333334, 123456.7, -0.25, 0, 3.4e38, 0.7558715]);
});

it('whole numbers, NaN and infinities stay as they are', () => {
  const kept = [-0, 7, 2 ** 30, -(2 ** 31), NaN, Infinity, -Infinity];
  expect(kept.map(shortenFloat32)).toEqual(kept);
});

it('the digits are those that writing and reading text finds', () => {
  const wrong = [...listBits()].filter((value) => !Object.is(shortenFloat32(value), searchText(value)));
  expect(wrong).toEqual([]);
});

/** Float32 numbers: those around every power of two, denormals among them, and a million of pseudorandom bits. */
function* listBits(): Generator<number> {
  const [bits, values] = [new Uint32Array(1), new Float32Array(1)];
  const view = new Float32Array(bits.buffer);
  for (let exponent = -149; exponent < 128; exponent++) {
    for (const step of [-2, -1, 0, 1, 2]) {
      values[0] = 2 ** exponent;
      bits[0] = (new Uint32Array(values.buffer)[0] ?? 0) + step;
      yield* [view[0] ?? 0, -(view[0] ?? 0)];
    }
  }
  for (let i = 0; i < 1_000_000; i++) {
    const mixed = Math.imul(i ^ (i >>> 15), 0x2c1b3c6d) + Math.imul(i, 0x9e3779b1);
    bits[0] = mixed ^ (mixed >>> 13);
    yield view[0] ?? 0;
  }
}

function searchText(value: number): number {
  if (!Number.isFinite(value) || Number.isSafeInteger(value)) return value;
  const found = [6, 7, 8].map((digits) => Number(value.toPrecision(digits)));
  return found.find((short) => Math.fround(short) === value) ?? Number(value.toPrecision(9));
}
