import { describe, expect, it } from 'vitest';
import { Rounds } from '../../../src/model/training/rounds.ts';

const SIZE = { trainRows: 50, minibatchSize: 20 };

/** The steps after which a round ends. */
const listEnds = (rounds: Rounds): number[] =>
  Array.from({ length: rounds.totalSteps }, (_, i) => i + 1).filter((step) => rounds.isEnd(step));

describe('the rounds of a training', () => {
  it.each([
    { training: { epochs: 4 }, ends: [3, 5, 8, 10], why: 'are its epochs' },
    { training: { steps: 9 }, ends: [3, 5, 8, 9], why: 'are its epochs and the rest of the steps' },
    { training: { steps: 9, validate_every_steps: 4 }, ends: [4, 8, 9], why: 'are as long as asked for' },
    { training: { epochs: 4, validate_every_steps: 5 }, ends: [5, 10], why: 'need not be epochs' },
    { training: { steps: 3, validate_every_steps: 10 }, ends: [3], why: 'end with the budget' },
    { training: {}, ends: 10, why: 'are ten epochs if nothing is said' },
  ])('$why', ({ training, ends }) => {
    const found = listEnds(new Rounds(training, SIZE));
    if (typeof ends === 'number') expect(found).toHaveLength(ends);
    else expect(found).toEqual(ends);
  });

  it('end where the search from any of their steps says', () => {
    const rounds = new Rounds({ steps: 23, validate_every_steps: 5 }, SIZE);
    const ends = Array.from({ length: 23 }, (_, step) => rounds.findEnd(step));
    expect([...new Set(ends)]).toEqual(listEnds(rounds));
    expect(ends.every((end, step) => end > step)).toBe(true);
  });

  it.each([
    { every: undefined, patience: 3 },
    { every: 2, patience: 4 },
    { every: 5, patience: 2 },
    { every: 100, patience: 1 },
  ])(
    'of $every steps last at least as long as a patience of 3 epochs of 2.5 steps',
    ({ every, patience }) => {
      const training = { steps: 1000, ...(every !== undefined && { validate_every_steps: every }) };
      expect(new Rounds(training, SIZE).countPatience(3)).toBe(patience);
    },
  );
});
