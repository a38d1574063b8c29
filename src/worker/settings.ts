import type { Config } from '../config.ts';

/** The part of the configuration that a worker's child processes need; plain data. */
export type WorkerSettings = Pick<
  Config,
  'dataDir' | 'runtime' | 'device' | 'threads' | 'maxUploadBytes' | 'maxDatasetBytes'
>;

export function workerSettings(config: Config): WorkerSettings {
  const { dataDir, runtime, device, threads, maxUploadBytes, maxDatasetBytes } = config;
  return { dataDir, runtime, device, threads, maxUploadBytes, maxDatasetBytes };
}
