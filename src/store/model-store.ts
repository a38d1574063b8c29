import { AppError } from '../errors.ts';
import { loadCalibration, saveCalibration } from './calibrations.ts';
import {
  listCandidates,
  listCheckpoints,
  loadCheckpoint,
  pruneCheckpoints,
  saveCheckpoint,
} from './checkpoints.ts';
import type { StoreDriver } from './driver.ts';
import { appendMetrics, listMetrics, readMetrics, truncateMetrics } from './metrics.ts';
import {
  checkpointFolder,
  isModelId,
  listSteps,
  modelFolder,
  modelKey,
  MODELS,
  readModel,
} from './model-files.ts';
import type { ModelStore } from './models.ts';
import { modelFormat, type ModelRecord } from './records/model-record.ts';
import { Remembered } from './remembered.ts';
import { encodeRecord, readPage, readIfThere, skipCorrupt } from './records/record-blob.ts';

/** Requests of one moment share a look at a record. */
const MAX_AGE_MS = 20;
const KEPT_RECORDS = 256;

export function createModelStore(driver: StoreDriver): ModelStore {
  const records = new Remembered({
    read: (id) => get(driver, id),
    stamp: async (id) => String(await driver.version(modelKey(id))),
    maxAgeMs: MAX_AGE_MS,
    most: KEPT_RECORDS,
  });
  const save = async (id: string, record: ModelRecord): Promise<void> => {
    try {
      await driver.write(modelKey(id), encodeRecord(modelFormat, record));
    } finally {
      records.forget(id);
    }
  };
  /** Every id passes here before it becomes part of a key. */
  const checkId = (id: string): string => {
    if (isModelId(id)) return id;
    throw AppError.of('id_invalid', { id: JSON.stringify(id.slice(0, 64)) });
  };
  /** Nothing is added to a model that was removed meanwhile. */
  const requireModel = async (id: string): Promise<string> => {
    if ((await readIfThere(driver, modelKey(checkId(id)))) !== null) return id;
    throw AppError.of('model_not_found', { id });
  };

  return {
    create: async (record) => {
      try {
        await save(checkId(record.id), record);
      } catch (error) {
        // The folder alone may be there already. What refused the writing may refuse this too.
        await driver.remove(modelFolder(record.id)).catch(() => undefined);
        throw error;
      }
    },
    get: async (id) => records.get(checkId(id)),
    stamp: async (id) => {
      const steps = await listSteps(driver, checkId(id));
      const keys = [modelKey(id), ...steps.map((step) => checkpointFolder(id, step))];
      const versions = await Promise.all(keys.map((key) => driver.version(key)));
      return JSON.stringify([steps, versions]);
    },
    setSpecification: async (id, model) => {
      const record = await get(driver, checkId(id));
      await save(id, { ...record, model });
    },
    setComparison: async (id, comparison) => {
      const record = await get(driver, checkId(id));
      await save(id, { ...record, comparison });
    },
    list: async ({ limit, after = '' }) => {
      const ids = (await driver.list(MODELS)).filter((id) => isModelId(id) && id > after);
      return readPage(ids, limit, (id) => skipCorrupt(readModel(driver, id)));
    },
    remove: async (id) => {
      await driver.remove(modelKey(await requireModel(id))).finally(() => {
        records.forget(id);
      });
      await driver.remove(modelFolder(id));
    },

    appendMetrics: async (id, line) => appendMetrics(driver, await requireModel(id), line),
    readMetrics: async (id) => readMetrics(driver, checkId(id)),
    listMetrics: async (id, query) => listMetrics(driver, checkId(id), query),
    truncateMetrics: async (id, lastStep) => truncateMetrics(driver, await requireModel(id), lastStep),

    saveCheckpoint: async (id, content) => saveCheckpoint(driver, await requireModel(id), content),
    listCheckpoints: async (id) => listCheckpoints(driver, checkId(id)),
    listCandidates: (id, which, onCorrupt) => listCandidates(driver, checkId(id), which, onCorrupt),
    loadCheckpoint: async (id, which, options) => loadCheckpoint(driver, checkId(id), which, options),
    saveCalibration: async (id, checkpoint, content) =>
      saveCalibration(driver, await requireModel(id), checkpoint, content),
    loadCalibration: async (id, checkpoint, estimator) =>
      loadCalibration(driver, checkId(id), checkpoint, estimator),
    pruneCheckpoints: async (id, keep) => pruneCheckpoints(driver, checkId(id), keep),
  };
}

async function get(driver: StoreDriver, id: string): Promise<ModelRecord> {
  const record = await readModel(driver, id);
  if (record === null) throw AppError.of('model_not_found', { id });
  return record;
}
