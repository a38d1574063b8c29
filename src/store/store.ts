import { randomUUID } from 'node:crypto';
import { createDatasetStore } from './dataset-store.ts';
import type { DatasetStore } from './datasets.ts';
import { fsDriver } from './drivers/fs.ts';
import { removeLeftovers } from './leftovers.ts';
import { createModelStore } from './model-store.ts';
import type { ModelStore } from './models.ts';

/** The part of the configuration that the store needs; see src/config.ts. */
export interface StoreConfig {
  readonly dataDir: string;
  readonly maxUploadBytes: number;
  readonly maxDatasetBytes: number;
}

export interface Store {
  readonly datasets: DatasetStore;
  readonly models: ModelStore;
  /** Writes and removes a small blob; rejects if the store cannot be written. */
  ping(): Promise<void>;
  /** Call when a process starts: removes what crashes left, which was never visible. */
  removeLeftovers(): Promise<void>;
}

export function openStore(config: StoreConfig): Store {
  const driver = fsDriver(config.dataDir);
  const { maxUploadBytes, maxDatasetBytes } = config;
  return {
    datasets: createDatasetStore(driver, { maxUploadBytes, maxDatasetBytes }),
    models: createModelStore(driver),
    ping: async () => {
      const key = `ping/${randomUUID()}`;
      await driver.write(key, Buffer.from('ping'));
      await driver.remove(key);
    },
    removeLeftovers: () => removeLeftovers(driver),
  };
}
