import { describe, expect, it } from 'vitest';
import { EarlyStopping } from '../../src/worker/training/early-stopping.ts';

const stopping = { patience: 2, minimumGain: 0.5 };

describe('early stopping', () => {
  it.each([
    { bounds: [], stops: false, why: 'before the first round' },
    { bounds: [-100], stops: false, why: 'after the first round' },
    { bounds: [-100, -99, -98], stops: false, why: 'while the bound rises' },
    { bounds: [-100, -101], stops: false, why: 'while patience lasts' },
    { bounds: [-100, -101, -100.2], stops: true, why: 'when it has not risen for two rounds' },
    { bounds: [-100, -99.9, -99.8], stops: true, why: 'when it has risen by less than the minimum gain' },
    { bounds: [-100, -101, -99, -99], stops: false, why: 'when patience began anew' },
    { bounds: [null, null], stops: true, why: 'where there is no bound' },
  ])('is $stops $why', ({ bounds, stops }) => {
    const early = new EarlyStopping(stopping);
    for (const bound of bounds) early.add(bound);
    expect(early.isDue).toBe(stops);
  });
});
