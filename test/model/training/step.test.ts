import { describe, expect, it } from 'vitest';
import { findReachable } from '../../../src/model/runtime/onnx/fuse.ts';
import { createAlgorithm } from '../../../src/model/training/algorithms/algorithms.ts';
import { trainingStep } from '../../../src/model/training/step.ts';
import { createVae } from '../../../src/model/vae.ts';
import { modelSpec, trainingSpec } from '../../support/specifications.ts';
import { printed, tracedScan } from '../../support/traced-scan.ts';

const DATA = { dtype: 'uint8', scale: 1 / 255, dataSize: 70, minibatchSize: 10 } as const;
const CALENDAR = { stepsPerEpoch: 10, totalSteps: 100 };

/** Large enough that every weight is a tensor of its own. */
const network = { hidden_sizes: [512] };
const vae = createVae(modelSpec({ latent_size: 64, encoder: network, decoder: network }), [70]);
const WEIGHTS = Object.keys(vae.shapes).filter((name) => name.endsWith('.weight'));

const scanOf = (given: object) => {
  const training = trainingSpec(given);
  const algorithm = createAlgorithm({ vae, training, minibatchSize: 10, datasetSize: 100 });
  return tracedScan(trainingStep(algorithm, training, DATA, CALENDAR));
};
const OPTIMIZERS = [{ name: 'sgd' }, { name: 'adagrad' }, { name: 'adam' }] as const;

describe('the compiled training step', () => {
  it('updates a weight by stochastic gradient descent in one matrix product', () => {
    const { hot } = scanOf({ optimizer: { name: 'sgd' } });
    for (const name of WEIGHTS) {
      const own = hot.find(({ outputs }) => outputs[0] === `next:parameter/${name}`);
      expect(own?.op).toBe('Gemm');
      expect(own?.inputs[2]).toBe(`parameter/${name}`);
      expect(own?.attributes).toMatchObject({ transA: 1, transB: 0, beta: 1 });
      expect(own?.attributes?.['alpha']).toBeLessThan(0);
    }
  });

  it.each(OPTIMIZERS)('adds every bias inside a matrix product ($name)', (optimizer) => {
    const { hot } = scanOf({ optimizer });
    const affine = hot.filter(({ op, attributes }) => op === 'Gemm' && attributes?.['transA'] === 0);
    const forward = affine.filter(
      ({ inputs, attributes }) => attributes?.['transB'] === 0 && inputs[1]?.startsWith('parameter/'),
    );
    expect(forward.map(({ inputs }) => inputs[1])).toEqual(WEIGHTS.map((name) => `parameter/${name}`));
    expect(forward.every(({ inputs }) => inputs.length === 3)).toBe(true);
  });

  it.each(OPTIMIZERS)('leaves what only the bound needs to the observed branch ($name)', (optimizer) => {
    const { hot, observed } = scanOf({ optimizer });
    const operators = new Set(hot.map(({ op }) => op));
    for (const op of ['Softplus', 'Log', 'Abs', 'ReduceMean']) expect(operators).not.toContain(op);
    expect(observed.map(({ op }) => op)).toContain('Log');
    // The standard deviation and the variance of q alone: no exponential of logits.
    expect(hot.filter(({ op }) => op === 'Exp')).toHaveLength(2);
    // No second run of the networks for the bound.
    expect(observed.filter(({ op }) => op === 'Gemm')).toEqual([]);
    expect(hot.filter(({ op }) => op === 'Tanh')).toHaveLength(2);
  });

  it.each(OPTIMIZERS)('writes state under its own name, without copies ($name)', (optimizer) => {
    const { hot, next } = scanOf({ optimizer });
    const copies = hot.filter(({ op }) => op === 'Identity');
    expect(printed(copies)).toEqual(['continue = Identity(condition)']);
    const written = new Set(hot.flatMap(({ outputs }) => outputs));
    for (const name of Object.keys(next)) expect(written).toContain(`next:${name}`);
  });

  it.each(OPTIMIZERS)('computes nothing twice and nothing from constants alone ($name)', (optimizer) => {
    const nodes = findReachable(Object.values(scanOf({ optimizer }).next)).filter(
      ({ inputs }) => inputs.length > 0,
    );
    const keys = nodes.map(({ op, inputs, attributes }) =>
      JSON.stringify([op, inputs.map(({ id }) => id), attributes]),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(nodes.filter(({ inputs }) => inputs.every(({ op }) => op === 'Constant'))).toEqual([]);
  });

  it('differs between estimators in the KL divergence alone', () => {
    const { hot } = scanOf({ estimator: { name: 'sgvb_a' } });
    expect(hot.map(({ op }) => op)).not.toContain('Log');
    expect(hot.filter(({ op }) => op === 'Gemm').length).toBe(
      scanOf({ estimator: { name: 'sgvb_b' } }).hot.filter(({ op }) => op === 'Gemm').length,
    );
  });
});
