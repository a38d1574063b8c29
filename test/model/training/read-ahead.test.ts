import { describe, expect, it } from 'vitest';
import { MinibatchOrder } from '../../../src/model/random/minibatches.ts';
import { ReadAhead } from '../../../src/model/training/read-ahead.ts';

const [ROWS, SIZE, MINIBATCH] = [50, 3, 7];
const VALUES = Uint8Array.from({ length: ROWS * SIZE }, (_, i) => i);

function open(readsFile: boolean) {
  const asked: number[] = [];
  let failure: Error | null = null;
  const order = new MinibatchOrder(
    Uint32Array.from({ length: ROWS }, (_, i) => i),
    MINIBATCH,
    3,
  );
  const source = {
    dtype: 'uint8' as const,
    scale: 1,
    readsFile,
    readRows: async (indices: Uint32Array, out: Uint8Array | Float32Array) => {
      asked.push(indices.length / MINIBATCH);
      if (failure) throw failure;
      indices.forEach((row, i) => {
        out.set(VALUES.subarray(row * SIZE, (row + 1) * SIZE), i * SIZE);
      });
    },
  };
  const expected = (first: number, steps: number) =>
    [...order.listIndices(first, steps)].flatMap((row) => [...VALUES.subarray(row * SIZE, (row + 1) * SIZE)]);
  return {
    asked,
    expected,
    ahead: new ReadAhead(source, order, SIZE),
    fail: (error: Error | null) => {
      failure = error;
    },
  };
}

describe('reading ahead', () => {
  it.each([
    ['as many steps as were read', 4, 4, [4]],
    ['fewer', 4, 2, [4]],
    ['more', 4, 9, [4, 5]],
  ])('gives the rows of %s', async (_, begun, steps, reads) => {
    const { ahead, asked, expected } = open(true);
    ahead.begin(10, begun);
    expect([...(await ahead.read(10, steps))]).toEqual(expected(10, steps));
    expect(asked).toEqual(reads);
  });

  it('reads other steps than those begun from the start', async () => {
    const { ahead, expected } = open(true);
    ahead.begin(10, 4);
    expect([...(await ahead.read(3, 4))]).toEqual(expected(3, 4));
    expect([...(await ahead.read(7, 4))]).toEqual(expected(7, 4));
  });

  it('leaves rows alone that are in memory', async () => {
    const { ahead, asked } = open(false);
    ahead.begin(10, 4);
    expect(asked).toEqual([]);
  });

  it('fails for those who need the rows, and only for them', async () => {
    const { ahead, expected, fail } = open(true);
    fail(new Error('the disk is gone'));
    ahead.begin(10, 4);
    await expect(ahead.read(10, 4)).rejects.toThrow('the disk is gone');
    ahead.begin(14, 4);
    fail(null);
    expect([...(await ahead.read(0, 2))]).toEqual(expected(0, 2));
  });
});
