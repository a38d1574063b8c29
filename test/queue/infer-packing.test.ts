import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packArray, toIndices, toMatrix, unpackArray, type Matrix } from '../../src/queue/arrays.ts';
import { packPayload, packResult, unpackPayload, unpackResult } from '../../src/queue/infer-packing.ts';
import type { InferPayload, Inputs, Operation, Outputs } from '../../src/queue/operations.ts';
import { PLAUSIBLE } from '../support/fake-producer.ts';
import { inferPayload } from './samples.ts';

const rows: Matrix = { shape: [2, 3], data: Float32Array.of(1, NaN, -0, Infinity, 0.1, 3e38) };
const INPUTS: { readonly [Name in Operation]: Inputs[Name] } = {
  encode: { rows, draws: 2, seed: 7 },
  decode: { rows },
  reconstruct: { rows },
  reconstruct_dataset_rows: { datasetRows: [3, 0] },
  sample: { samples: 3, seed: 1, drawData: false },
  elbo: { rows, draws: 1, seed: 0, byColumn: false },
  log_marginal_likelihood: { rows, marginal: { method: 'importance_sampling', samples: 5 }, seed: 0 },
  score: { rows, byColumn: true, expected: true },
  impute: { rows, rounds: 1, draws: 2, seed: 3 },
  fidelity: { samples: 100, seed: 2 },
  manifold: { size: 2 },
  traversal: { steps: 2, dimension: 1 },
  interpolate: { from: 0, to: 9, steps: 3 },
  scatter: { part: 'all', limit: 10 },
};
const operations = Object.keys(INPUTS) as Operation[];

function payloadOf<Name extends Operation>(operation: Name): InferPayload<Name> {
  return { ...inferPayload(), operation, input: INPUTS[operation] };
}

function resultOf<Name extends Operation>(operation: Name) {
  const answer: (input: Inputs[Name]) => Outputs[Name] = PLAUSIBLE[operation];
  return { step: 3, output: answer(INPUTS[operation]), computeMs: 1.5 };
}

/** Through the JSON that a queue keeps. */
const stored = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

describe('an inference job on its way through the queue', () => {
  it.each(operations)('%s: arrives as it was sent', (operation) => {
    const payload = payloadOf(operation);
    expect(unpackPayload(stored(packPayload(payload)))).toEqual(payload);
    const result = resultOf(operation);
    expect(unpackResult(operation, stored(packResult(result)))).toEqual(result);
  });

  it.each<[string, object, string]>([
    ['a field of another operation', { input: { ...INPUTS.manifold, rows: packArray(rows) } }, '/input/rows'],
    ['a missing field', { input: {} }, '/input/size'],
    ['another operation', { operation: 'dream' }, '/operation'],
    ['another version', { version: 1 }, '/version'],
  ])('with %s is refused', (_what, changes, pointer) => {
    const payload = { ...packPayload(payloadOf('manifold')), ...changes };
    expect(() => unpackPayload(payload)).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ pointer })] }),
    );
  });

  it('whose result lacks an array, or has one of another rank, is an error', () => {
    const { output, ...rest } = packResult(resultOf('encode'));
    const { mean } = output;
    if (!mean) throw new Error('there is a mean');
    expect(() => unpackResult('encode', { ...rest, output: { mean } })).toThrow('has no standard_deviation');
    const flat = { ...mean, shape: [4] };
    expect(() => unpackResult('encode', { ...rest, output: { ...output, mean: flat } })).toThrow(RangeError);
  });

  it('cannot be written with a wrong name or rank', () => {
    const output = PLAUSIBLE.decode({ rows });
    // @ts-expect-error: decode answers no latents.
    expect(output.latents).toBeUndefined();
    // @ts-expect-error: the mean has two axes.
    const shape: readonly [number] = output.mean.shape;
    expect(shape).toHaveLength(2);
    // @ts-expect-error: draws is a field of encode.
    const input: Inputs['decode'] = { rows, draws: 1 };
    expect(input).toHaveProperty('draws');
  });
});

describe('packed arrays', () => {
  it('keep every float32 and every uint32', () => {
    fc.assert(
      fc.property(fc.float32Array(), fc.uint32Array(), (floats, integers) => {
        const matrix = toMatrix({ shape: [1, floats.length], data: floats });
        expect(unpackArray('matrix', packArray(matrix))).toEqual(matrix);
        const indices = toIndices(integers);
        expect(unpackArray('indices', packArray(indices))).toEqual(indices);
      }),
    );
  });

  it('of another type, or with bytes that do not fill their shape, are refused', () => {
    const packed = packArray(rows);
    expect(() => unpackArray('indices', packed)).toThrow('24 bytes of float32 do not fill uint32');
    expect(() => unpackArray('matrix', { ...packed, shape: [2, 4] })).toThrow('do not fill float32');
    expect(() => unpackArray('cube', packed)).toThrow('does not have 3 axes');
  });
});
