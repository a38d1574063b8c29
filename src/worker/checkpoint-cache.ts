import type { FloatArrays } from '../model/runtime/runtime.ts';
import type { CheckpointRecord, ModelStore, OnCorrupt } from '../store/models.ts';

const KEPT_CHECKPOINTS = 2;

/** Parameters of a model's most recently used checkpoints, checked once. Remembers which checkpoints are damaged. */
export class CheckpointCache {
  readonly #models: ModelStore;
  readonly #id: string;
  readonly #onCorrupt: OnCorrupt;
  readonly #kept = new Map<string, Promise<FloatArrays | null>>();
  readonly #damaged = new Set<string>();

  constructor(models: ModelStore, id: string, onCorrupt: OnCorrupt) {
    this.#models = models;
    this.#id = id;
    this.#onCorrupt = onCorrupt;
  }

  /** Null if the checkpoint is damaged or was removed after it was listed. */
  async loadParameters(record: CheckpointRecord): Promise<FloatArrays | null> {
    // A checkpoint that is written again gets another record.
    const key = JSON.stringify(record);
    if (this.#damaged.has(key)) return null;
    const parameters = this.#kept.get(key) ?? this.#load(record.step, key);
    this.#keep(key, parameters);
    try {
      if ((await parameters) === null) this.#kept.delete(key);
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
    return parameters;
  }

  async #load(step: number, key: string): Promise<FloatArrays | null> {
    const content = await this.#models.loadCheckpoint(this.#id, step, {
      optimizer: false,
      onCorrupt: (event) => {
        this.#damaged.add(key);
        this.#onCorrupt(event);
      },
    });
    return content?.parameters ?? null;
  }

  /** Makes it the most recently used one and drops the least recently used one if there are too many. */
  #keep(key: string, parameters: Promise<FloatArrays | null>): void {
    this.#kept.delete(key);
    this.#kept.set(key, parameters);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_CHECKPOINTS && oldest !== undefined) this.#kept.delete(oldest);
  }
}
