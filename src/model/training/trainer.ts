import { fillNormal, streamKey } from '../random/streams.ts';
import { MinibatchOrder } from '../random/minibatches.ts';
import { initialize } from '../networks/initialize.ts';
import { createOptimizer } from '../optimizers/optimizers.ts';
import {
  sizeOf,
  type Arrays,
  type CompiledScan,
  type FloatArrays,
  type Runtime,
  type ScanState,
} from '../runtime/runtime.ts';
import type { ModelSpec, TrainingSpec } from '../spec.ts';
import { createVae, type Vae } from '../vae.ts';
import { elementStatistics, type RowSource } from './row-source.ts';
import { layoutOf, packArrays, unpackArrays, type Layout } from './packing.ts';
import { PARAMETER, scalarSlices, slotPrefix, trainingStep, type StepData } from './step.ts';

export interface TrainerOptions {
  readonly runtime: Runtime;
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
  readonly dataSize: number;
  readonly source: RowSource;
  /** Row numbers to train on. */
  readonly rows: Uint32Array;
  readonly minibatchSize: number;
  /** Go on from here; absent: from initial parameters at step 0. */
  readonly resume?: {
    readonly step: number;
    readonly parameters: FloatArrays;
    readonly optimizer: FloatArrays;
  };
}

/** The bound averaged over the observed minibatches of a chunk, in nats per datapoint; null where none was observed. */
export interface ChunkTerms {
  readonly observed: number;
  readonly elbo: number;
  readonly logLikelihood: number;
  readonly klDivergence: number;
  /** The first observed step whose bound is not finite, if any. */
  readonly divergedAt: number | null;
}

/** The bound is looked at on some steps only: their minibatches estimate the training bound of an epoch. */
export const OBSERVE_EVERY = 20;

/**
 * Every twentieth step, and the last one of each epoch, so that an epoch of few steps has its bound too. It depends on the
 * number of the step alone: a resumed run looks at the same steps.
 */
export function isObserved(step: number, rows: number, minibatchSize: number): boolean {
  const epochsAfter = (steps: number) => Math.floor((steps * minibatchSize) / rows);
  return step % OBSERVE_EVERY === 0 || epochsAfter(step + 1) > epochsAfter(step);
}

/** The AEVB loop (algorithm 1), cut into chunks: state lives on the device between them. */
export class Trainer {
  readonly vae: Vae;
  readonly #options: TrainerOptions;
  readonly #scan: CompiledScan;
  readonly #order: MinibatchOrder;
  readonly #layout: Layout;
  #state: ScanState;
  #step: number;

  private constructor(options: TrainerOptions, vae: Vae, scan: CompiledScan, state: ScanState) {
    this.#options = options;
    this.vae = vae;
    this.#scan = scan;
    this.#order = new MinibatchOrder(options.rows, options.minibatchSize, options.training.seed);
    this.#layout = layoutOf(vae.shapes);
    this.#state = state;
    this.#step = options.resume?.step ?? 0;
  }

  static async create(options: TrainerOptions): Promise<Trainer> {
    const { runtime, model, training, dataSize, source, rows, minibatchSize } = options;
    const vae = createVae(model, dataSize);
    const data: StepData = {
      dtype: source.dtype,
      scale: source.scale,
      minibatchSize,
      datasetSize: rows.length,
    };
    const scan = await runtime.compileScan(trainingStep(vae, training, data));
    return new Trainer(options, vae, scan, await scan.start(initialState(options, vae)));
  }

  /** Steps done so far. */
  get step(): number {
    return this.#step;
  }

  /** Does `steps` steps and returns what was observed of them. */
  async run(steps: number): Promise<ChunkTerms> {
    const first = this.#step;
    const { rows, minibatchSize } = this.#options;
    const observe = Array.from({ length: steps }, (_, i) =>
      isObserved(first + i, rows.length, minibatchSize),
    );
    const result = await this.#scan.run(this.#state, this.#slices(first, steps), observe);
    this.#state = result.state;
    this.#step += steps;
    return summarize(result.outputs, observe, first);
  }

  async parameters(): Promise<FloatArrays> {
    return unpackArrays(this.#layout, pick(await this.#scan.read(this.#state), PARAMETER));
  }

  /** Parameters and optimizer state, the latter named `<slot>/<parameter>`. */
  async snapshot(): Promise<{ parameters: FloatArrays; optimizer: FloatArrays }> {
    const state = await this.#scan.read(this.#state);
    const slots = slotsOf(this.#options.training).map((slot) =>
      prefixed(unpackArrays(this.#layout, pick(state, slotPrefix(slot))), `${slot}/`),
    );
    return {
      parameters: unpackArrays(this.#layout, pick(state, PARAMETER)),
      optimizer: Object.assign({}, ...slots) as FloatArrays,
    };
  }

  async dispose(): Promise<void> {
    await this.#scan.dispose();
  }

  #slices(first: number, steps: number): Arrays {
    const { source, training, dataSize, minibatchSize } = this.#options;
    const { samples_per_datapoint: draws, seed } = training;
    const size = steps * minibatchSize * dataSize;
    const rows = source.dtype === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
    source.readRows(this.#order.indices(first, steps), rows);
    const perStep = draws * minibatchSize * this.vae.latentSize;
    const noise = new Float32Array(steps * perStep);
    for (let i = 0; i < steps; i++) {
      fillNormal(streamKey(seed, 'noise', first + i), noise.subarray(i * perStep, (i + 1) * perStep));
    }
    return {
      rows: { shape: [steps, minibatchSize, dataSize], data: rows },
      noise: { shape: [steps, draws, minibatchSize, this.vae.latentSize], data: noise },
      ...scalarSlices(training, first, steps),
    };
  }
}

function initialState(options: TrainerOptions, vae: Vae): FloatArrays {
  const { training, resume } = options;
  const layout = layoutOf(vae.shapes);
  const parameters = resume?.parameters ?? initialParameters(options, vae);
  const slots = Object.entries(createOptimizer(training.optimizer).slots).map(([slot, value]) => {
    const own = resume ? pick(resume.optimizer, `${slot}/`) : filled(vae, value);
    return prefixed(packArrays(layout, own), slotPrefix(slot));
  });
  const state: FloatArrays[] = [prefixed(packArrays(layout, parameters), PARAMETER), ...slots];
  return Object.assign({}, ...state) as FloatArrays;
}

function initialParameters(options: TrainerOptions, vae: Vae): FloatArrays {
  const { model, training, source, rows, dataSize } = options;
  const parameters = initialize(vae.shapes, training.seed, training.initializer);
  if (training.output_bias === 'zero') return parameters;
  const statistics = elementStatistics(source, rows, dataSize, model.likelihood);
  const known = vae.marginalParameters(statistics);
  const entries = Object.entries(parameters).map(([name, { shape, data }]) => {
    return [name, { shape, data: known[name] ?? data }] as const;
  });
  return Object.fromEntries(entries);
}

function slotsOf(training: TrainingSpec): string[] {
  return Object.keys(createOptimizer(training.optimizer).slots);
}

function filled(vae: Vae, value: number): FloatArrays {
  const entries = Object.entries(vae.shapes).map(([name, shape]) => {
    return [name, { shape, data: new Float32Array(sizeOf(shape)).fill(value) }] as const;
  });
  return Object.fromEntries(entries);
}

function prefixed(arrays: FloatArrays, mark: string): FloatArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [mark + name, array]));
}

function pick(arrays: FloatArrays, mark: string): FloatArrays {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(mark));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(mark.length), array]));
}

function summarize(outputs: FloatArrays, observe: readonly boolean[], first: number): ChunkTerms {
  const seen = observe.flatMap((observed, i) => (observed ? [i] : []));
  const values = (name: string) => seen.map((i) => outputs[name]?.data[i] ?? NaN);
  const mean = (name: string) => values(name).reduce((sum, value) => sum + value, 0) / seen.length;
  const broken = values('elbo').findIndex((value) => !Number.isFinite(value));
  return {
    observed: seen.length,
    elbo: mean('elbo'),
    logLikelihood: mean('log_likelihood'),
    klDivergence: mean('kl_divergence'),
    divergedAt: broken < 0 ? null : first + (seen[broken] ?? 0),
  };
}
