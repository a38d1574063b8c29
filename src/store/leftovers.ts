import { createId } from '../ids.ts';
import { claimKey, datasetFolder, datasetKey, DATASETS, isDatasetId } from './dataset-files.ts';
import type { StoreDriver } from './driver.ts';
import { isAbandoned } from './ingest/claims.ts';
import { isModelId, modelFolder, modelKey, MODELS } from './model-files.ts';
import { readIfThere } from './records/record-blob.ts';

/** A process on another host may still be writing what is younger. */
const GRACE_MS = 24 * 3600 * 1000;

/**
 * Removes data sets and models without their JSON: what crashes left of uploads and removals. If nobody can tell whether a process
 * still writes them, they are removed once they are a day old.
 */
export async function removeLeftovers(driver: StoreDriver, now: number = Date.now()): Promise<void> {
  const oldDataset = createId('ds', now - GRACE_MS);
  for (const id of await driver.list(DATASETS)) {
    if (!isDatasetId(id)) continue;
    if (id > oldDataset && !(await isAbandoned(driver, claimKey(id)))) continue;
    if ((await readIfThere(driver, datasetKey(id))) === null) await driver.remove(datasetFolder(id));
  }
  const oldModel = createId('model', now - GRACE_MS);
  for (const id of await driver.list(MODELS)) {
    if (!isModelId(id) || id > oldModel) continue;
    if ((await readIfThere(driver, modelKey(id))) === null) await driver.remove(modelFolder(id));
  }
}
