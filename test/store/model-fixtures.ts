import { createId } from '../../src/ids.ts';
import { fsDriver } from '../../src/store/drivers/fs.ts';
import { createModelStore } from '../../src/store/model-store.ts';
import type { CheckpointContent, MetricsLine, ModelRecord } from '../../src/store/models.ts';
import { modelSpec, trainingSpec } from '../support/specifications.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const modelRecord = (id: string): ModelRecord => ({
  id,
  name: 'a name',
  created_at: '2026-01-02T03:04:05.678Z',
  job_id: 'job_1',
  dataset_id: 'mnist',
  data_size: 4,
  row_shape: [2, 2],
  split: 'separate',
  table: null,
  default_checkpoint: 'latest',
  comparison: null,
  model: modelSpec({ latent_size: 2 }),
  training: trainingSpec({ epochs: 3 }),
});

export const checkpoint = (step: number, validationElbo: number | null = null): CheckpointContent => ({
  step,
  epoch: Math.floor(step / 10),
  seed: 7,
  validationElbo,
  parameters: { weight: { shape: [1, 2], data: new Float32Array([step, -step]) } },
  optimizer: { moment: { shape: [], data: new Float32Array([step / 2]) } },
});

export const metricsLine = (step: number, extra: Partial<MetricsLine> = {}): MetricsLine => ({
  step,
  epoch: 0,
  time: '2026-01-02T03:04:05.678Z',
  train_elbo: -100.5,
  validation_elbo: null,
  validation_log_likelihood: null,
  validation_kl_divergence: null,
  test_elbo: null,
  test_log_likelihood: null,
  test_kl_divergence: null,
  rows_per_second: 1000,
  ...extra,
});

/** A store with one model in it. */
export async function openModel() {
  const driver = fsDriver(await temporaryFolder());
  const store = createModelStore(driver);
  const id = createId('model');
  await store.create(modelRecord(id));
  const path = (step: number, file: string): string =>
    `models/${id}/checkpoints/${String(step).padStart(12, '0')}/${file}`;
  return { driver, store, id, path };
}
