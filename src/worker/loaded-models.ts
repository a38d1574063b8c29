import type { FloatArrays } from '../model/runtime/runtime.ts';
import { AppError } from '../errors.ts';
import type { CheckpointContent, ModelRecord, ModelStore } from '../store/models.ts';

const KEPT_MODELS = 8;

/** What is kept of a model besides its parameters: its compiled functions. */
interface Disposable {
  dispose(): Promise<void>;
}

export interface LoadedModel<Inference> {
  readonly step: number;
  readonly inference: Inference;
  readonly parameters: FloatArrays;
}

interface Entry<Inference> {
  readonly inference: Inference;
  readonly steps: Map<number, FloatArrays>;
  users: number;
}

/** The models used last, with the parameters of their checkpoints used last. */
export class LoadedModels<Inference extends Disposable> {
  readonly #models: ModelStore;
  readonly #warn: (message: string) => void;
  readonly #create: (record: ModelRecord) => Inference;
  readonly #entries = new Map<string, Entry<Inference>>();

  constructor(
    models: ModelStore,
    warn: (message: string) => void,
    create: (record: ModelRecord) => Inference,
  ) {
    this.#models = models;
    this.#warn = warn;
    this.#create = create;
  }

  /** Errors: model_not_found, model_not_ready, checkpoint_not_found, and those of the work. */
  async use<Result>(
    id: string,
    which: 'latest' | 'best' | number,
    work: (model: LoadedModel<Inference>) => Promise<Result>,
  ): Promise<Result> {
    const entry = this.#entryOf(await this.#models.get(id));
    entry.users++;
    try {
      return await work(await this.#modelOf(entry, id, which));
    } finally {
      entry.users--;
      await this.#evict();
    }
  }

  /** The entry, now the one used last. */
  #entryOf(record: ModelRecord): Entry<Inference> {
    const known = this.#entries.get(record.id);
    const entry = known ?? {
      inference: this.#create(record),
      steps: new Map<number, FloatArrays>(),
      users: 0,
    };
    this.#entries.delete(record.id);
    this.#entries.set(record.id, entry);
    return entry;
  }

  async #modelOf(
    { inference, steps }: Entry<Inference>,
    id: string,
    which: 'latest' | 'best' | number,
  ): Promise<LoadedModel<Inference>> {
    const wanted = typeof which === 'number' ? which : await this.#newestStep(id, which);
    const known = wanted === null ? undefined : steps.get(wanted);
    if (wanted !== null && known) return { step: wanted, inference, parameters: known };
    const { step, parameters } = await this.#load(id, which);
    remember(steps, step, parameters);
    return { step, inference, parameters };
  }

  async #newestStep(id: string, which: 'latest' | 'best'): Promise<number | null> {
    if (which === 'best') return null;
    return (await this.#models.listCheckpoints(id)).at(-1)?.step ?? null;
  }

  async #load(id: string, which: 'latest' | 'best' | number): Promise<CheckpointContent> {
    const content = await this.#models.loadCheckpoint(id, which, {
      optimizer: false,
      onCorrupt: ({ modelId, step, detail }) => {
        this.#warn(`model ${modelId}: checkpoint of step ${step} is damaged and was passed over (${detail})`);
      },
    });
    if (content) return content;
    throw typeof which === 'number'
      ? AppError.of('checkpoint_not_found', { id, step: which })
      : AppError.of('model_not_ready', { id });
  }

  /** Those used longest ago go, but none that a job is still running on. */
  async #evict(): Promise<void> {
    for (const [id, { inference, users }] of this.#entries) {
      if (this.#entries.size <= KEPT_MODELS) return;
      if (users > 0) continue;
      this.#entries.delete(id);
      await inference.dispose();
    }
  }
}

function remember(steps: Map<number, FloatArrays>, step: number, parameters: FloatArrays): void {
  steps.set(step, parameters);
  const [oldest] = steps.keys();
  if (steps.size > 2 && oldest !== undefined) steps.delete(oldest);
}
