import { newId } from '../../src/ids.ts';
import { packArray, PAYLOAD_VERSIONS, type InferPayload, type Operation } from '../../src/queue/jobs.ts';
import type { JobContext } from '../../src/queue/queues.ts';
import { IMAGE_SIZE, tinyImages } from '../support/tiny-images.ts';

export function inferContext(): JobContext<'infer'> {
  return {
    jobId: newId('job'),
    attempt: 1,
    signal: new AbortController().signal,
    reportProgress: async () => undefined,
  };
}

export function operationOn(
  modelId: string,
  operation: Operation,
  fields: Partial<InferPayload> = {},
): InferPayload {
  const nothing = { rows: null, count: 0, seed: 0, checkpoint: 'latest', timeLimitMs: 60_000 } as const;
  return { version: PAYLOAD_VERSIONS.infer, modelId, operation, ...nothing, ...fields };
}

export function packedImages(count: number) {
  return packArray(
    [count, IMAGE_SIZE],
    Float32Array.from(tinyImages(count), (value) => value / 255),
  );
}
