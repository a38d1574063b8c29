import { describe, expect, test } from 'vitest';
import { shufflePixels, turnUpsideDown } from '../../src/cli/demo/test-images.ts';

describe('spoilt images', () => {
  const image = Array.from({ length: 784 }, (_, i) => i);

  test('upside down swaps opposite pixels', () => {
    expect(turnUpsideDown([image])[0]?.slice(0, 3)).toEqual([783, 782, 781]);
  });

  test('shuffled keeps every pixel value, elsewhere', () => {
    const [mixed = []] = shufflePixels([image]);
    expect(mixed).not.toEqual(image);
    expect(mixed.toSorted((a, b) => a - b)).toEqual(image);
  });
});
