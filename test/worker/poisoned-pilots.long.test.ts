import { expect, it } from 'vitest';
import type { TrainJob } from '../../src/api/jobs/schemas.ts';
import type { Client } from '../../src/cli/client.ts';
import type { JobOrder } from '../../src/cli/demo/calls.ts';
import { PAPER_NETWORKS, orderPilot, type TrainingSetting } from '../../src/cli/reproduce/protocol.ts';
import type { Session } from '../../src/cli/reproduce/session.ts';
import { chooseStep } from '../../src/cli/reproduce/steps.ts';
import { AppError } from '../../src/errors.ts';
import { splitRows } from '../../src/model/dataset.ts';
import { tinyImages } from '../support/tiny-images.ts';
import { INVERTED, openShop, poisonRows, ROWS, TEST, TEST_ROWS } from './poisoned-rows.ts';
import type { Workshop } from './workshop.ts';

it('poisoned test rows do not change which step size the pilots of a reproduction choose', async () => {
  const shop = await openShop();
  const session = pilotSession(shop);
  const choose = async (images: Uint8Array) => {
    const rows = {
      datasetId: await shop.upload(images, TEST_ROWS),
      description: '',
      trainRows: ROWS - TEST_ROWS,
      testRows: TEST_ROWS,
    };
    const setting: TrainingSetting = {
      name: 'pilot',
      rows,
      ...PAPER_NETWORKS.MNIST,
      hidden: 8,
      latents: 2,
      method: 'AEVB',
      initializer: 'fan_in',
      seed: 1,
    };
    return chooseStep(session, 'pilot', (size) => orderPilot(setting, size, 3000));
  };
  const clean = await choose(tinyImages(ROWS));
  expect(clean.pilots.map(({ score }) => score)).not.toContain(null);
  expect(await choose(poisonRows(TEST, INVERTED))).toEqual(clean);
  expect(await choose(poisonRows(TEST, () => 255))).toEqual(clean);
  const { validation } = splitRows(
    { rows: ROWS, test_rows: TEST_ROWS },
    { validation_fraction: 0.1, seed: 1 },
    'separate',
  );
  const poisoned = await choose(poisonRows(validation, INVERTED));
  expect(poisoned.pilots).not.toEqual(clean.pilots);
}, 120_000);

/** A session of a reproduction whose service is the workshop. */
function pilotSession(shop: Workshop): Session {
  const errors = new Map<string, AppError>();
  const jobOf = (id: string): TrainJob => {
    const error = errors.get(id);
    return {
      id,
      type: 'train',
      state: error ? 'failed' : 'succeeded',
      model_id: id,
      dataset_id: '',
      created_at: '',
      started_at: null,
      finished_at: null,
      attempts: 1,
      progress: null,
      result: null,
      error: error ? { code: error.code, message: error.message, problems: [] } : null,
      warnings: [],
    };
  };
  const client = {
    postJson: async (_path: string, { dataset_id, model, training }: JobOrder) => {
      const payload = await shop.order(training, model, dataset_id);
      await shop.train(payload).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        errors.set(payload.modelId, error);
      });
      return jobOf(payload.modelId);
    },
    waitForJob: async (id: string, look?: (job: TrainJob) => unknown) => {
      await look?.(jobOf(id));
      return jobOf(id);
    },
    getJson: async (path: string) => ({
      data: await shop.store.models.readMetrics(path.split('/')[2] ?? ''),
    }),
  };
  return {
    client: client as unknown as Client,
    state: { find: () => null, keep: async () => undefined, forget: async () => undefined },
    display: { show: () => undefined, clear: () => undefined },
    say: () => undefined,
    options: { samples: 30_000 } as Session['options'],
  };
}
