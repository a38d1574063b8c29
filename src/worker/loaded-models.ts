import type { FloatArrays } from '../model/runtime/runtime.ts';
import { AppError } from '../errors.ts';
import type {
  CheckpointRecord,
  ModelRecord,
  ModelStore,
  OnCorrupt,
  WhichCheckpoint,
} from '../store/models.ts';
import { CheckpointCache } from './checkpoint-cache.ts';
import { createDamageWarning } from './damage.ts';

const KEPT_MODELS = 8;

/** A model's compiled functions, without its parameters. */
interface Disposable {
  dispose(): Promise<void>;
}

export interface LoadedModel<Inference> {
  readonly record: ModelRecord;
  readonly step: number;
  readonly checkpoint: CheckpointRecord;
  readonly inference: Inference;
  readonly parameters: FloatArrays;
}

interface Entry<Inference> {
  /** Created once the model has a checkpoint: its record is not complete before. */
  inference: Inference | null;
  readonly checkpoints: CheckpointCache;
  users: number;
}

/** The most recently used models, with the parameters of their most recently used checkpoints. */
export class LoadedModels<Inference extends Disposable> {
  readonly #models: ModelStore;
  readonly #onCorrupt: OnCorrupt;
  readonly #create: (record: ModelRecord) => Inference;
  readonly #entries = new Map<string, Entry<Inference>>();

  constructor(
    models: ModelStore,
    warn: (message: string) => void,
    create: (record: ModelRecord) => Inference,
  ) {
    this.#models = models;
    this.#onCorrupt = createWarningOnce(warn);
    this.#create = create;
  }

  /** Errors: model_not_found, model_not_ready, checkpoint_not_found, and those of the work. */
  async use<Result>(
    id: string,
    which: WhichCheckpoint,
    work: (model: LoadedModel<Inference>) => Promise<Result>,
  ): Promise<Result> {
    await this.#models.get(id);
    const entry = this.#findEntry(id);
    entry.users++;
    try {
      return await work(await this.#load(entry, id, which));
    } finally {
      entry.users--;
      await this.#evict();
    }
  }

  /** Marks the entry as the most recently used one. */
  #findEntry(id: string): Entry<Inference> {
    const entry = this.#entries.get(id) ?? {
      inference: null,
      checkpoints: new CheckpointCache(this.#models, id, this.#onCorrupt),
      users: 0,
    };
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    return entry;
  }

  /** Loads the first good checkpoint in the requested order. Asks each time: a model in training soon has a newer one. */
  async #load(entry: Entry<Inference>, id: string, which: WhichCheckpoint): Promise<LoadedModel<Inference>> {
    for await (const checkpoint of this.#models.listCandidates(id, which, this.#onCorrupt)) {
      const parameters = await entry.checkpoints.loadParameters(checkpoint);
      if (parameters === null) continue;
      // Read after the checkpoint: a training completes the record before it saves its first one.
      const record = await this.#models.get(id);
      entry.inference ??= this.#create(record);
      return { record, step: checkpoint.step, checkpoint, inference: entry.inference, parameters };
    }
    throw typeof which === 'number'
      ? AppError.of('checkpoint_not_found', { id, step: which })
      : AppError.of('model_not_ready', { id });
  }

  /** Drops the least recently used models, except those that a job is using. */
  async #evict(): Promise<void> {
    for (const [id, { inference, users }] of this.#entries) {
      if (this.#entries.size <= KEPT_MODELS) return;
      if (users > 0) continue;
      this.#entries.delete(id);
      await inference?.dispose();
    }
  }
}

function createWarningOnce(warn: (message: string) => void): OnCorrupt {
  const told = new Set<string>();
  return createDamageWarning((message) => {
    if (told.has(message)) return;
    told.add(message);
    warn(message);
  });
}
