import { createId } from '../../src/ids.ts';
import type { Matrix } from '../../src/queue/arrays.ts';
import { PAYLOAD_VERSIONS } from '../../src/queue/jobs.ts';
import type { InferPayload, Inputs, Operation } from '../../src/queue/operations.ts';
import type { JobContext } from '../../src/queue/queues.ts';
import { IMAGE_SIZE, tinyImages } from '../support/tiny-images.ts';

export function inferContext(): JobContext<'infer'> {
  return {
    jobId: createId('job'),
    attempt: 1,
    signal: new AbortController().signal,
    reportProgress: async () => undefined,
  };
}

export function operationOn<Name extends Operation>(
  modelId: string,
  operation: Name,
  input: Inputs[Name],
  fields: Partial<Pick<InferPayload, 'checkpoint' | 'timeLimitMs'>> = {},
): InferPayload<Name> {
  const usual = { version: PAYLOAD_VERSIONS.infer, checkpoint: 'latest', timeLimitMs: 60_000 } as const;
  return { ...usual, modelId, operation, input, ...fields };
}

export function sampleOf(modelId: string, samples: number): InferPayload<'sample'> {
  return operationOn(modelId, 'sample', { samples, seed: 0, drawData: false });
}

export function imageRows(count: number): Matrix {
  return { shape: [count, IMAGE_SIZE], data: Float32Array.from(tinyImages(count), (value) => value / 255) };
}
