import { describe, expect, it } from 'vitest';
import { findInfluences, type Making } from '../../../src/model/dataset/influence.ts';

const making: Making = {
  training: { algorithm: { name: 'aevb' }, early_stopping: { patience_epochs: 2, minimum_gain: 0 } },
  rule: 'separate',
  isBest: true,
};
const choices = ['early_stopping', 'best_checkpoint'];

describe('findInfluences', () => {
  it('finds none of test rows that were kept apart', () => {
    expect(findInfluences('test', making)).toEqual([]);
  });

  it('finds the parameters for rows that were trained on', () => {
    expect(findInfluences('train', making)).toEqual(['parameters']);
    expect(findInfluences('all', making)).toEqual(['parameters', ...choices]);
  });

  it('finds the choices that were made by validation rows', () => {
    expect(findInfluences('validation', making)).toEqual(choices);
    expect(findInfluences('validation', { ...making, isBest: false })).toEqual(['early_stopping']);
    const training = { algorithm: making.training.algorithm };
    expect(findInfluences('validation', { ...making, training })).toEqual(['best_checkpoint']);
  });

  it('finds them for test rows that validated', () => {
    expect(findInfluences('test', { ...making, rule: 'test_rows_validate' })).toEqual(choices);
  });

  it('finds no choice in a training without a validation bound', () => {
    const training = {
      ...making.training,
      algorithm: { name: 'mcem', leapfrog_steps: 10, target_acceptance: 0.9, updates_per_sample: 5 } as const,
    };
    expect(findInfluences('validation', { ...making, training })).toEqual([]);
  });
});
