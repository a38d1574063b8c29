import { describe, expect, it } from 'vitest';
import { initialize } from '../../../src/model/networks/initialize.ts';
import { estimateOf, meanOf } from '../../support/numbers.ts';
import { array } from '../../support/tiny-model.ts';

const SHAPES = {
  'encoder.hidden_0.weight': [100, 80],
  'encoder.hidden_0.bias': [80],
  'decoder.output.weight': [100, 80],
  'decoder.log_variance': [1],
};

const deviationOf = (values: Float32Array) => Math.sqrt(meanOf(values.map((value) => value ** 2)));

describe('initialize', () => {
  it.each([
    { initializer: 'fan_in', deviation: 0.1 },
    { initializer: 'paper', deviation: 0.01 },
  ] as const)('draws weights with standard deviation $deviation ($initializer)', (given) => {
    const { data, shape } = array(initialize(SHAPES, 1, given.initializer), 'encoder.hidden_0.weight');
    const { mean, standardError } = estimateOf(data);
    expect(shape).toEqual([100, 80]);
    expect(Math.abs(mean)).toBeLessThan(4 * standardError);
    // Four standard errors of a standard deviation: 4 / sqrt(2 * 8000).
    expect(Math.abs(deviationOf(data) / given.deviation - 1)).toBeLessThan(0.032);
  });

  it('leaves everything else at zero', () => {
    const made = initialize(SHAPES, 1, 'fan_in');
    expect(array(made, 'encoder.hidden_0.bias').data).toEqual(new Float32Array(80));
    expect(array(made, 'decoder.log_variance').data).toEqual(new Float32Array(1));
  });

  it('gives each parameter and each seed numbers of its own', () => {
    const made = initialize(SHAPES, 1, 'fan_in');
    const weight = array(made, 'encoder.hidden_0.weight').data;
    expect(initialize(SHAPES, 1, 'fan_in')).toEqual(made);
    expect(array(made, 'decoder.output.weight').data).not.toEqual(weight);
    expect(array(initialize(SHAPES, 2, 'fan_in'), 'encoder.hidden_0.weight').data).not.toEqual(weight);
  });
});
