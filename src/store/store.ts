import { randomUUID } from 'node:crypto';
import { createDatasetStore } from './dataset-store.ts';
import type { DatasetStore } from './datasets.ts';
import { fsDriver, type FsDriverOptions } from './drivers/fs.ts';
import { removeLeftovers } from './leftovers.ts';
import { ingestInThreads } from './ingest/thread.ts';
import { createModelStore } from './model-store.ts';
import type { ModelStore } from './models.ts';
import { createResultStore, type ResultStore } from './results.ts';

/** The part of the configuration that the store needs; see src/config.ts. */
export interface StoreConfig {
  readonly dataDir: string;
  readonly maxUploadBytes: number;
  readonly maxDatasetBytes: number;
}

/** Reads uploads in threads. */
export interface UploadThreads {
  /** The compiled module that a thread runs: ingest/entry.ts. */
  readonly entry: URL;
  readonly timeLimitMs: number;
  readonly concurrency: number;
}

export interface Store {
  readonly datasets: DatasetStore;
  readonly models: ModelStore;
  readonly results: ResultStore;
  /** Writes and removes a small blob; rejects if the store cannot be written. */
  ping(): Promise<void>;
  /** Call when a process starts: removes what crashes left, which was never visible. */
  removeLeftovers(): Promise<void>;
  /** Ends threads that wait for an upload. */
  close(): Promise<void>;
}

/** Without `threads`, uploads are read in the thread that calls; without a thread for pieces, so are they. */
export function openStore(config: StoreConfig, threads?: UploadThreads, options?: FsDriverOptions): Store {
  const { dataDir, maxUploadBytes, maxDatasetBytes } = config;
  const driver = fsDriver(dataDir, options);
  const reading = threads && ingestInThreads({ dataDir, ...threads });
  const ingest = reading?.ingest;
  return {
    datasets: createDatasetStore(driver, { maxUploadBytes, maxDatasetBytes, ...(ingest && { ingest }) }),
    models: createModelStore(driver),
    results: createResultStore(driver),
    ping: async () => {
      const key = `ping/${randomUUID()}`;
      await driver.write(key, Buffer.from('ping'));
      await driver.remove(key);
    },
    removeLeftovers: () => removeLeftovers(driver),
    close: async () => reading?.close(),
  };
}
