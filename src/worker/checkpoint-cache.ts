import type { FloatArrays } from '../model/runtime/runtime.ts';
import type { CheckpointRecord, ModelStore, OnCorrupt } from '../store/models.ts';

const KEPT_CHECKPOINTS = 2;

/** The parameters of the checkpoints of one model that were used last, checked once, and which others are damaged. */
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

  /** Null where the checkpoint is damaged, or gone since it was listed. */
  async parametersOf(record: CheckpointRecord): Promise<FloatArrays | null> {
    // A checkpoint that was written anew has another record.
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

  /** As the one used last, at the cost of the one used longest ago. */
  #keep(key: string, parameters: Promise<FloatArrays | null>): void {
    this.#kept.delete(key);
    this.#kept.set(key, parameters);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_CHECKPOINTS && oldest !== undefined) this.#kept.delete(oldest);
  }
}
