import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { InferOrder } from '../../src/queue/operations.ts';
import type { QueueUnderTest } from './queue-under-test.ts';
import { echo, inferOrder } from './samples.ts';
import { eventually } from '../support/eventually.ts';

export function inferenceContract(queue: QueueUnderTest): void {
  describe('inference jobs', () => {
    it('answer with the result of the processor', async () => {
      await queue.consume('infer', echo);
      const order = inferOrder(3);
      const result = await queue.producer.infer(order);
      const { rows } = order.input;
      const output = { mean: rows, standard_deviation: rows };
      expect(result).toEqual({ step: 3, output, computeMs: 0, queueMs: result.queueMs });
      expect(result.queueMs).toBeGreaterThan(0);
    });

    it('carry megabytes there and back', async () => {
      await queue.consume('infer', echo);
      const order = inferOrder(1, 30_000, 1_500_000);
      const result = await queue.producer.infer(order);
      const { shape, data } = result.output.mean;
      expect(shape).toEqual(order.input.rows.shape);
      // Number by number, toEqual takes seconds.
      expect(Buffer.compare(bytesOf(data), bytesOf(order.input.rows.data))).toBe(0);
    });

    it('find each its own result among many at once', async () => {
      await queue.consume('infer', echo, 4);
      const seeds = Array.from({ length: 200 }, (_, seed) => seed);
      const results = await Promise.all(seeds.map((seed) => queue.producer.infer(inferOrder(seed, 30_000))));
      expect(results.map(({ step }) => step)).toEqual(seeds);
      expect(results[7]?.output.mean).toEqual(inferOrder(7).input.rows);
    });

    it('throw the errors of the processor, foreseen ones as they are and others without their text', async () => {
      const error = AppError.of('model_not_ready', { id: 'model_1' });
      await queue.consume('infer', async (_context, payload) => {
        throw 'seed' in payload.input && payload.input.seed === 0 ? error : new Error('password 123');
      });
      await expect(queue.producer.infer(inferOrder(0))).rejects.toMatchObject(error.toJSON());
      const internal = AppError.of('internal', {}).toJSON();
      await expect(queue.producer.infer(inferOrder(1))).rejects.toMatchObject(internal);
    });

    it('whose payload the worker does not understand say that it runs another version', async () => {
      await queue.consume('infer', echo);
      const order = { ...inferOrder(), operation: 'dream' } as unknown as InferOrder;
      await expect(queue.producer.infer(order)).rejects.toMatchObject({
        code: 'not_ready',
        kind: 'unavailable',
        problems: [{ pointer: '/operation' }],
      });
    });

    it('that no worker takes time out and leave the queue', async () => {
      const waiting = queue.producer.infer(inferOrder(0, 300));
      await expect(waiting).rejects.toMatchObject({ code: 'inference_timeout' });
      await eventually(async () => {
        expect(await queue.producer.countWaiting('infer')).toBe(0);
      });
    });

    it('end when the producer that waits for them closes', async () => {
      const own = await queue.backend.openProducer();
      const refused = expect(own.infer(inferOrder(0, 60_000))).rejects.toMatchObject({
        code: 'queue_unavailable',
      });
      await eventually(async () => {
        expect(await queue.producer.countWaiting('infer')).toBe(1);
      });
      await own.close();
      await refused;
      await queue.consume('infer', echo);
      await eventually(async () => {
        expect(await queue.producer.countWaiting('infer')).toBe(0);
      });
    });
  });
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);
