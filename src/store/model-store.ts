import { AppError } from '../errors.ts';
import {
  candidates,
  listCheckpoints,
  loadCheckpoint,
  pruneCheckpoints,
  saveCheckpoint,
} from './checkpoints.ts';
import type { Driver } from './driver.ts';
import { appendMetrics, readMetrics, truncateMetrics } from './metrics.ts';
import { isModelId, modelFolder, modelKey, MODELS, readModel } from './model-files.ts';
import type { ModelStore } from './models.ts';
import { modelFormat, type ModelRecord } from './records/model-record.ts';
import { encodeRecord, pageOf, readIfThere, unlessCorrupt } from './records/record-blob.ts';

export function createModelStore(driver: Driver): ModelStore {
  /** Every id passes here before it becomes part of a key. */
  const checked = (id: string): string => {
    if (isModelId(id)) return id;
    throw AppError.of('id_invalid', { id: JSON.stringify(id.slice(0, 64)) });
  };
  /** Nothing is added to a model that was removed meanwhile. */
  const existing = async (id: string): Promise<string> => {
    if ((await readIfThere(driver, modelKey(checked(id)))) !== null) return id;
    throw AppError.of('model_not_found', { id });
  };

  return {
    create: async (record) => {
      try {
        await driver.write(modelKey(checked(record.id)), encodeRecord(modelFormat, record));
      } catch (error) {
        // The folder alone may be there already. What refused the writing may refuse this too.
        await driver.remove(modelFolder(record.id)).catch(() => undefined);
        throw error;
      }
    },
    get: async (id) => get(driver, checked(id)),
    setSpecification: async (id, model) => {
      const record = await get(driver, checked(id));
      await driver.write(modelKey(id), encodeRecord(modelFormat, { ...record, model }));
    },
    list: async ({ limit, after = '' }) => {
      const ids = (await driver.list(MODELS)).filter((id) => isModelId(id) && id > after);
      return pageOf(ids, limit, (id) => unlessCorrupt(readModel(driver, id)));
    },
    remove: async (id) => {
      await driver.remove(modelKey(await existing(id)));
      await driver.remove(modelFolder(id));
    },

    appendMetrics: async (id, line) => appendMetrics(driver, await existing(id), line),
    readMetrics: async (id) => readMetrics(driver, checked(id)),
    truncateMetrics: async (id, lastStep) => truncateMetrics(driver, await existing(id), lastStep),

    saveCheckpoint: async (id, content) => saveCheckpoint(driver, await existing(id), content),
    listCheckpoints: async (id) => listCheckpoints(driver, checked(id)),
    candidates: (id, which, onCorrupt) => candidates(driver, checked(id), which, onCorrupt),
    loadCheckpoint: async (id, which, options) => loadCheckpoint(driver, checked(id), which, options),
    pruneCheckpoints: async (id, keep) => pruneCheckpoints(driver, checked(id), keep),
  };
}

async function get(driver: Driver, id: string): Promise<ModelRecord> {
  const record = await readModel(driver, id);
  if (record === null) throw AppError.of('model_not_found', { id });
  return record;
}
