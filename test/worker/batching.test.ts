import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyArray, Matrix } from '../../src/queue/arrays.ts';
import { Batcher } from '../../src/queue/batcher.ts';
import {
  INFER_VERSION,
  type InferAnswer,
  type InferOrder,
  type Operation,
} from '../../src/queue/operations.ts';
import type { Infer } from '../../src/queue/queues.ts';
import { createInferProcessor } from '../../src/worker/processors/infer.ts';
import { imageRows, inferContext } from './inference-orders.ts';
import { cpu, openWorkshop, type Workshop } from './workshop.ts';

/** Sizes that are no multiples of what processors compute at once. */
const NETWORKS = {
  'one layer': {},
  'two layers': {
    latent_size: 5,
    encoder: { hidden_sizes: [101, 33], activation: 'softplus' },
    decoder: { hidden_sizes: [33, 101], activation: 'softplus' },
  },
};
const COMPANY = [2, 3, 10, 40, 100, 300];
const ALL = imageRows(300);

let folder: string;
let shop: Workshop;
const models = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
  shop = await openWorkshop(folder);
  const likelihood = { family: 'bernoulli', missing: true };
  for (const [name, network] of Object.entries(NETWORKS)) {
    const payload = await shop.order({ epochs: 1, masking: { name: 'random' } }, { ...network, likelihood });
    await shop.train(payload);
    models.set(name, payload.modelId);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As a worker's process answers. */
function createWorker(): Infer {
  const process = createInferProcessor({ runtime: cpu(), store: shop.store, warn: () => undefined });
  return async <Name extends Operation>({ timeoutMs, ...order }: InferOrder<Name>) => {
    const payload = { version: INFER_VERSION, timeLimitMs: timeoutMs, ...order } as const;
    return { ...(await process(inferContext(), payload)), queueMs: 0 } as InferAnswer<Name>;
  };
}

const OPERATIONS = {
  encode: { draws: 0, seed: 0 },
  reconstruct: {},
  score: { byColumn: true, expected: true },
  impute: { rounds: 1, draws: 0, seed: 0 },
  decode: {},
  'encode with draws': { draws: 2, seed: 4 },
  elbo: { draws: 2, seed: 4, byColumn: true },
  log_marginal_likelihood: { marginal: { method: 'importance_sampling', samples: 3 }, seed: 4 },
} as const;
type Name = keyof typeof OPERATIONS;

function order(modelId: string, name: Name, rows: Matrix): InferOrder<'encode'> {
  const [operation] = name.split(' ');
  const given = { modelId, operation, checkpoint: 'latest', timeoutMs: 60_000 };
  return { ...given, input: { ...OPERATIONS[name], rows } } as unknown as InferOrder<'encode'>;
}

/** Image i, in which some pixels are missing for impute; for decode, as many numbers as there are latents. */
function rowOf(name: Name, latents: number, i: number): Matrix {
  const size = ALL.shape[1];
  const data = ALL.data.slice(i * size, (i + 1) * size);
  if (name === 'decode') return { shape: [1, latents], data: data.subarray(20, 20 + latents) };
  if (name === 'impute') data.fill(NaN, 10 + (i % 7), 30 + (i % 11));
  return { shape: [1, size], data };
}

const bitsOf = ({ output }: InferAnswer<'encode'>): Record<string, string> =>
  Object.fromEntries(
    Object.entries<AnyArray>(output).map(([key, { shape, data }]) => [
      key,
      `${shape.join(' ')}: ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`,
    ]),
  );

describe.each(Object.keys(NETWORKS))('requests to a model of %s', (network) => {
  const names = Object.keys(OPERATIONS) as Name[];
  it.each(names)('get the same bits for %s, alone and in any company', async (name) => {
    const latents = network === 'one layer' ? 2 : 5;
    const id = models.get(network) ?? '';
    const infer = createWorker();
    const alone = await infer(order(id, name, rowOf(name, latents, 0)));
    for (const company of COMPANY) {
      const batcher = new Batcher({ infer, atOnce: 1, delayMs: 0 });
      const own = Math.floor(company / 2);
      const answers = await Promise.all(
        Array.from({ length: company }, (_, i) =>
          batcher.infer(order(id, name, rowOf(name, latents, i === own ? 0 : (i % 299) + 1))),
        ),
      );
      const answer = answers[own];
      if (answer === undefined) throw new Error('there is no answer');
      expect(bitsOf(answer), `with ${company} requests`).toEqual(bitsOf(alone));
    }
  });
});
