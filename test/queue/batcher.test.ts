import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { AnyArray, Matrix } from '../../src/queue/arrays.ts';
import { Batcher } from '../../src/queue/batcher.ts';
import type { InferAnswer, InferOrder, Operation } from '../../src/queue/operations.ts';
import type { Infer } from '../../src/queue/queues.ts';
import { gate } from './samples.ts';

const rowsOf = (...values: number[]): Matrix => ({
  shape: [values.length, 1],
  data: Float32Array.from(values),
});

const orderRows = <Name extends 'encode' | 'decode' | 'score'>(
  operation: Name,
  rows: Matrix,
  changes: Partial<InferOrder<Name>> = {},
): InferOrder<Name> => {
  const input = { encode: { draws: 0, seed: 0 }, decode: {}, score: { byColumn: false, expected: false } };
  return {
    modelId: 'model_1',
    checkpoint: 'latest',
    operation,
    input: { ...input[operation], rows },
    timeoutMs: 1000,
    ...changes,
  } as unknown as InferOrder<Name>;
};

/** Doubles each row; notes the rows of every run. */
function open({
  atOnce = 1,
  steps = [7],
  deadly = NaN,
}: { atOnce?: number; steps?: number[]; deadly?: number } = {}) {
  let [underWay, most] = [0, 0];
  const runs: { operation: Operation; rows: number[]; timeoutMs: number }[] = [];
  let [hold, failure]: [Promise<void>, Error | null] = [Promise.resolve(), null];
  const infer: Infer = async <Name extends Operation>(order: InferOrder<Name>) => {
    const { rows } = order.input as unknown as { rows: Matrix };
    const step = steps[Math.min(runs.length, steps.length - 1)] ?? 0;
    runs.push({ operation: order.operation, rows: [...rows.data], timeoutMs: order.timeoutMs });
    underWay++;
    most = Math.max(most, underWay);
    await hold;
    await new Promise(setImmediate);
    underWay--;
    if (failure) throw failure;
    if (rows.data.includes(deadly)) throw AppError.of('worker_process_died', { pid: 1, how: 'exit code 1' });
    const doubled = rows.data.map((value) => 2 * value);
    const vector = { shape: [doubled.length], data: doubled };
    const matrix = { shape: rows.shape, data: doubled };
    const indices = { shape: [rows.shape[0]], data: Uint32Array.from(doubled) };
    const own: Record<string, AnyArray> =
      order.operation === 'score'
        ? ({
            score: vector,
            standard_error: vector,
            at_least: indices,
            calibration_rows: { shape: [1], data: Uint32Array.of(99) },
          } as unknown as Record<string, AnyArray>)
        : { mean: matrix, standard_deviation: matrix };
    return {
      step,
      digest: `digest ${step}`,
      output: own,
      computeMs: 1,
      queueMs: 0,
    } as unknown as InferAnswer<Name>;
  };
  const batcher = new Batcher({ infer, atOnce, delayMs: 0 });
  return {
    runs,
    countAtOnce: () => most,
    infer: batcher.infer,
    holdRuns: () => {
      const held = gate();
      hold = held.opened;
      return held.open;
    },
    failRuns: (error: Error) => {
      failure = error;
    },
  };
}

const meansOf = ({ output }: InferAnswer<'encode'>): number[] => [...output.mean.data];

describe('the batcher', () => {
  it('lets requests that are there share a run, and gives each its rows', async () => {
    const { infer, runs } = open();
    const answers = await Promise.all(
      [[1], [2, 3], [4]].map((own) => infer(orderRows('encode', rowsOf(...own)))),
    );
    expect(runs.map(({ rows }) => rows)).toEqual([[1, 2, 3, 4]]);
    expect(answers.map(meansOf)).toEqual([[2], [4, 6], [8]]);
    expect(answers.map(({ output }) => output.mean.shape)).toEqual([
      [1, 1],
      [2, 1],
      [1, 1],
    ]);
    expect(answers.map(({ batchRows }) => batchRows)).toEqual([4, 4, 4]);
  });

  it('gathers the next run while others are under way', async () => {
    const { infer, runs, holdRuns } = open();
    const release = holdRuns();
    const first = infer(orderRows('encode', rowsOf(1)));
    await new Promise(setImmediate);
    const others = [2, 3].map((value) => infer(orderRows('encode', rowsOf(value))));
    await new Promise(setImmediate);
    expect(runs).toHaveLength(1);
    release();
    expect((await Promise.all([first, ...others])).map(meansOf)).toEqual([[2], [4], [6]]);
    expect(runs.map(({ rows }) => rows)).toEqual([[1], [2, 3]]);
  });

  it('keeps apart what differs in anything but its rows', async () => {
    const { infer, runs } = open();
    await Promise.all([
      infer(orderRows('encode', rowsOf(1))),
      infer(orderRows('encode', rowsOf(2), { modelId: 'model_2' })),
      infer(orderRows('encode', rowsOf(3), { checkpoint: 5 })),
      infer(orderRows('decode', rowsOf(4))),
      infer(orderRows('encode', { shape: [1, 2], data: Float32Array.of(5, 6) })),
    ]);
    expect(runs.map(({ rows }) => rows)).toEqual([[1], [2], [3], [4], [5, 6]]);
  });

  it('runs what depends on its position by itself', async () => {
    const { infer, runs } = open();
    const input = { rows: rowsOf(1), draws: 2, seed: 0 };
    await Promise.all([1, 2].map(() => infer(orderRows('encode', rowsOf(), { input }))));
    expect(runs.map(({ rows }) => rows)).toEqual([[1], [1]]);
  });

  it('cuts large requests, and lets others in between', async () => {
    const { infer, runs } = open();
    const large = rowsOf(...Array.from({ length: 1100 }, (_, i) => i));
    const [first, second] = await Promise.all([
      infer(orderRows('encode', large)),
      infer(orderRows('encode', rowsOf(5000))),
    ]);
    expect(meansOf(first)).toEqual([...large.data].map((value) => 2 * value));
    expect(first.output.mean.shape).toEqual([1100, 1]);
    expect(meansOf(second)).toEqual([10_000]);
    expect(runs.map(({ rows }) => rows.length)).toEqual([512, 512, 77]);
    expect(runs[1]?.rows[0]).toBe(5000);
  });

  it('does not divide arrays that belong to all rows', async () => {
    const { infer } = open();
    const answers = await Promise.all([[1], [2, 3]].map((own) => infer(orderRows('score', rowsOf(...own)))));
    expect(answers.map(({ output }) => [...output.score.data])).toEqual([[2], [4, 6]]);
    expect(answers.map(({ output }) => [...output.at_least.data])).toEqual([[2], [4, 6]]);
    expect(answers.map(({ output }) => [...output.calibration_rows.data])).toEqual([[99], [99]]);
  });

  it('answers from one checkpoint, although another one arrives between the parts of a request', async () => {
    const { infer, runs } = open({ steps: [7, 8] });
    const large = rowsOf(...Array.from({ length: 600 }, (_, i) => i));
    const answer = await infer(orderRows('encode', large));
    expect(answer).toMatchObject({ step: 8, digest: 'digest 8' });
    expect(meansOf(answer)).toEqual([...large.data].map((value) => 2 * value));
    expect(runs.map(({ rows }) => rows.length)).toEqual([512, 88, 600]);
  });

  it('passes an error to everybody in the run, and goes on', async () => {
    const { infer, failRuns, runs } = open();
    failRuns(AppError.of('model_not_ready', { id: 'model_1' }));
    const refused = await Promise.allSettled(
      [1, 2].map((value) => infer(orderRows('encode', rowsOf(value)))),
    );
    expect(refused.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    await expect(infer(orderRows('encode', rowsOf(3)))).rejects.toMatchObject({ code: 'model_not_ready' });
    expect(runs).toHaveLength(2);
  });

  it('runs requests one by one if their common run ended its process', async () => {
    const { infer, runs, countAtOnce } = open({ deadly: 2 });
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map((value) => infer(orderRows('encode', rowsOf(value)))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(runs.map(({ rows }) => rows)).toEqual([[1, 2, 3], [1], [2], [3]]);
    expect(countAtOnce()).toBe(1);
  });

  it('gives a request whose caller has gone no part in a run', async () => {
    const { infer, runs, holdRuns } = open();
    const release = holdRuns();
    const first = infer(orderRows('encode', rowsOf(1)));
    await new Promise(setImmediate);
    const caller = new AbortController();
    const gone = infer(orderRows('encode', rowsOf(2), { signal: caller.signal }));
    const patient = infer(orderRows('encode', rowsOf(3)));
    caller.abort(new Error('hung up'));
    release();
    await expect(gone).rejects.toThrow('hung up');
    expect([await first, await patient].map(meansOf)).toEqual([[2], [6]]);
    expect(runs.map(({ rows }) => rows)).toEqual([[1], [3]]);
  });

  it('gives a request whose time is up no part in a run', async () => {
    const { infer, runs, holdRuns } = open();
    const release = holdRuns();
    const first = infer(orderRows('encode', rowsOf(1)));
    await new Promise(setImmediate);
    const late = infer(orderRows('encode', rowsOf(2), { timeoutMs: 5 }));
    const patient = infer(orderRows('encode', rowsOf(3)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    release();
    await expect(late).rejects.toMatchObject({ code: 'inference_timeout' });
    expect([await first, await patient].map(meansOf)).toEqual([[2], [6]]);
    expect(runs.map(({ rows }) => rows)).toEqual([[1], [3]]);
  });
});
