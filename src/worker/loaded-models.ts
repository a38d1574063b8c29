import type { FloatArrays } from '../model/runtime/runtime.ts';
import { AppError } from '../errors.ts';
import type {
  CheckpointRecord,
  ModelRecord,
  ModelStore,
  OnCorrupt,
  WhichCheckpoint,
} from '../store/models.ts';
import { Remembered } from '../store/remembered.ts';
import { createDamageWarning } from './damage.ts';

const KEPT_MODELS = 8;
/** Of a model: requests may name one while others take the newest. */
const KEPT_CHECKPOINTS = 2;
/** How many answers to "which checkpoint is this?" are kept. */
const KEPT_CHOICES = 64;
/** Requests of one moment share a look at the store. */
const MAX_AGE_MS = 20;

/** What is made of a checkpoint's parameters. */
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
  readonly modelId: string;
  readonly parameters: FloatArrays;
  readonly inference: Inference;
  users: number;
}

interface Choice {
  readonly record: ModelRecord;
  readonly checkpoint: CheckpointRecord;
}

export interface LoadedModelsOptions<Inference> {
  readonly models: ModelStore;
  readonly warn: (message: string) => void;
  readonly create: (record: ModelRecord, parameters: FloatArrays) => Inference;
  /** A model is looked at again after this long. Default: 20 ms. */
  readonly maxAgeMs?: number;
}

/** The checkpoints used most recently, of the models used most recently. Looks for changes without reading what has not changed. */
export class LoadedModels<Inference extends Disposable> {
  readonly #models: ModelStore;
  readonly #onCorrupt: OnCorrupt;
  readonly #create: LoadedModelsOptions<Inference>['create'];
  readonly #choices: Remembered<Choice>;
  /** By checkpoint, the least recently used first. A checkpoint that is written again gets another record, and so another key. */
  readonly #loaded = new Map<string, Entry<Inference>>();
  readonly #loading = new Map<string, Promise<Entry<Inference> | null>>();
  readonly #damaged = new Set<string>();

  constructor({ models, warn, create, maxAgeMs = MAX_AGE_MS }: LoadedModelsOptions<Inference>) {
    this.#models = models;
    this.#onCorrupt = createWarningOnce(warn);
    this.#create = create;
    this.#choices = new Remembered({
      read: (key) => this.#choose(...readKey(key)),
      stamp: (key) => models.stamp(readKey(key)[0]),
      maxAgeMs,
      most: KEPT_CHOICES,
    });
  }

  /** Errors: model_not_found, model_not_ready, checkpoint_not_found, and those of the work. */
  async use<Result>(
    id: string,
    which: WhichCheckpoint,
    work: (model: LoadedModel<Inference>) => Promise<Result>,
  ): Promise<Result> {
    const key = JSON.stringify([id, which]);
    let choice = await this.#choices.get(key);
    let entry = await this.#take(choice);
    if (entry === null) {
      // The checkpoint was let go, and is gone or damaged by now: another one may be there.
      this.#choices.forget(key);
      choice = await this.#choices.get(key);
      entry = await this.#take(choice);
    }
    if (entry === null) throw describeMissing(id, which);
    try {
      const { inference, parameters } = entry;
      return await work({ ...choice, step: choice.checkpoint.step, inference, parameters });
    } finally {
      entry.users--;
      await this.#evict();
    }
  }

  /** The first good checkpoint in the requested order. */
  async #choose(id: string, which: WhichCheckpoint): Promise<Choice> {
    await this.#models.get(id);
    for await (const checkpoint of this.#models.listCandidates(id, which, this.#onCorrupt)) {
      if (this.#damaged.has(keyOf(id, checkpoint))) continue;
      // Read after the checkpoint: a training completes the record before it saves its first one.
      const record = await this.#models.get(id);
      const choice = { record, checkpoint };
      const entry = await this.#take(choice);
      if (entry === null) continue;
      entry.users--;
      return choice;
    }
    throw describeMissing(id, which);
  }

  /** Marks the checkpoint as in use and as used most recently; null if it is damaged or was removed after it was listed. */
  async #take({ record, checkpoint }: Choice): Promise<Entry<Inference> | null> {
    const key = keyOf(record.id, checkpoint);
    const entry = this.#loaded.get(key) ?? (await this.#load(record, checkpoint.step, key));
    if (entry === null) return null;
    this.#loaded.delete(key);
    this.#loaded.set(key, entry);
    entry.users++;
    return entry;
  }

  #load(record: ModelRecord, step: number, key: string): Promise<Entry<Inference> | null> {
    const known = this.#loading.get(key);
    if (known) return known;
    const loading = this.#read(record, step, key).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  async #read(record: ModelRecord, step: number, key: string): Promise<Entry<Inference> | null> {
    const content = await this.#models.loadCheckpoint(record.id, step, {
      optimizer: false,
      onCorrupt: (event) => {
        this.#damaged.add(key);
        this.#onCorrupt(event);
      },
    });
    if (content === null) return null;
    const { parameters } = content;
    const entry = { modelId: record.id, parameters, inference: this.#create(record, parameters), users: 0 };
    this.#loaded.set(key, entry);
    return entry;
  }

  /** Lets go of the least recently used ones, except those in use. */
  async #evict(): Promise<void> {
    const counts = new Map<string, number>();
    const dropped: Entry<Inference>[] = [];
    for (const [key, entry] of [...this.#loaded].reverse()) {
      const count = counts.get(entry.modelId) ?? 0;
      const isKept = count === 0 ? counts.size < KEPT_MODELS : count < KEPT_CHECKPOINTS;
      if (isKept || entry.users > 0) counts.set(entry.modelId, count + 1);
      else if (this.#loaded.delete(key)) dropped.push(entry);
    }
    for (const { inference } of dropped) await inference.dispose();
  }
}

const keyOf = (id: string, checkpoint: CheckpointRecord): string => `${id} ${JSON.stringify(checkpoint)}`;
const readKey = (key: string) => JSON.parse(key) as [id: string, which: WhichCheckpoint];

function describeMissing(id: string, which: WhichCheckpoint): AppError {
  return typeof which === 'number'
    ? AppError.of('checkpoint_not_found', { id, step: which })
    : AppError.of('model_not_ready', { id });
}

function createWarningOnce(warn: (message: string) => void): OnCorrupt {
  const told = new Set<string>();
  return createDamageWarning((message) => {
    if (told.has(message)) return;
    told.add(message);
    warn(message);
  });
}
