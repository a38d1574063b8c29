import { addPrefix, fillNamed, getNamed, mapNamed, stripPrefix } from '../named-arrays.ts';
import { initialize } from '../networks/initialize.ts';
import { createOptimizer } from '../optimizers/optimizers.ts';
import { MinibatchOrder } from '../random/minibatches.ts';
import type {
  Arrays,
  CompiledScan,
  FloatArray,
  FloatArrays,
  Runtime,
  ScanState,
} from '../runtime/runtime.ts';
import type { ModelSpec, TrainingSpec, Shape } from '../specification.ts';
import { createVae, type Vae } from '../vae.ts';
import { createAlgorithm } from './algorithms/algorithms.ts';
import type { Algorithm } from './algorithms/algorithm.ts';
import { summarize, type ChunkTerms } from './chunk-terms.ts';
import { layoutOf, packArrays, unpackArrays, type Layout } from './packing.ts';
import { elementStatistics, type RowSource } from './row-source.ts';
import { layOutMask, type MaskLayout } from './masking.ts';
import { Rounds } from './rounds.ts';
import { ReadAhead } from './read-ahead.ts';
import { stepInputs } from './step-inputs.ts';
import { CHAIN, PARAMETER, slotPrefix, trainingStep } from './step.ts';

export interface TrainerOptions {
  readonly runtime: Runtime;
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
  readonly rowShape: Shape;
  readonly source: RowSource;
  /** Row numbers to train on. */
  readonly rows: Uint32Array;
  readonly minibatchSize: number;
  /** Tables: the column of each feature, for masking. Default: each feature is a column. */
  readonly featureColumns?: readonly number[];
  /** State to continue from; absent: initial parameters at step 0. */
  readonly resume?: {
    readonly step: number;
    readonly parameters: FloatArrays;
    readonly optimizer: FloatArrays;
  };
}

/** The bound is computed on some steps only: their minibatches estimate the training bound of a round. */
export const OBSERVE_EVERY = 20;

/**
 * Every twentieth step, and the last one of each round, so that short rounds have a bound too. It depends only on the
 * number of the step: a resumed run observes the same steps.
 */
export function isObserved(step: number, rounds: Rounds): boolean {
  return step % OBSERVE_EVERY === 0 || rounds.isEnd(step + 1);
}

/** The training loop (algorithm 1), cut into chunks: state lives on the device between them. */
export class Trainer {
  readonly vae: Vae;
  readonly algorithm: Algorithm;
  readonly #options: TrainerOptions;
  readonly #rounds: Rounds;
  readonly #scan: CompiledScan;
  readonly #order: MinibatchOrder;
  readonly #readAhead: ReadAhead;
  readonly #layout: Layout;
  readonly #maskLayout: MaskLayout;
  #state: ScanState;
  #step: number;

  private constructor(
    options: TrainerOptions,
    parts: { vae: Vae; algorithm: Algorithm; rounds: Rounds; scan: CompiledScan; state: ScanState },
  ) {
    this.#options = options;
    this.vae = parts.vae;
    this.algorithm = parts.algorithm;
    this.#rounds = parts.rounds;
    this.#scan = parts.scan;
    this.#order = new MinibatchOrder(options.rows, options.minibatchSize, options.training.seed);
    this.#readAhead = new ReadAhead(options.source, this.#order, parts.vae.dataSize);
    this.#layout = layoutOf(parts.algorithm.shapes);
    const { model, rowShape, featureColumns } = options;
    this.#maskLayout = layOutMask(model.likelihood, rowShape, featureColumns);
    this.#state = parts.state;
    this.#step = options.resume?.step ?? 0;
  }

  static async create(options: TrainerOptions): Promise<Trainer> {
    const { runtime, model, training, rowShape, source, rows, minibatchSize } = options;
    const vae = createVae(model, rowShape);
    const { dataSize } = vae;
    const algorithm = createAlgorithm({ vae, training, minibatchSize, datasetSize: rows.length });
    const rounds = new Rounds(training, { trainRows: rows.length, minibatchSize });
    const data = { dtype: source.dtype, scale: source.scale, dataSize, minibatchSize };
    const scan = await runtime.compileScan(trainingStep(algorithm, training, data, rounds));
    const state = await scan.start(await initialState(options, vae, algorithm));
    return new Trainer(options, { vae, algorithm, rounds, scan, state });
  }

  /** Steps done so far. */
  get step(): number {
    return this.#step;
  }

  /** Runs `steps` steps and returns what was observed. */
  async run(steps: number): Promise<ChunkTerms> {
    const first = this.#step;
    const observe = Array.from({ length: steps }, (_, i) => isObserved(first + i, this.#rounds));
    const slices = await this.#slices(first, steps);
    // While the runtime computes, this thread is busy, but the threads that read are not.
    const next = first + steps;
    if (next < this.#rounds.totalSteps)
      this.#readAhead.begin(next, Math.min(steps, this.#rounds.totalSteps - next));
    const result = await this.#scan.run(this.#state, slices, observe);
    this.#state = result.state;
    this.#step += steps;
    return summarize(result.outputs, observe, first);
  }

  async parameters(): Promise<FloatArrays> {
    return unpackArrays(this.#layout, stripPrefix(await this.#scan.read(this.#state), PARAMETER));
  }

  /** Parameters and optimizer state, the latter named `<slot>/<parameter>`, an algorithm's own `chain/<name>`. */
  async snapshot(): Promise<{ parameters: FloatArrays; optimizer: FloatArrays }> {
    const state = await this.#scan.read(this.#state);
    const slots = slotsOf(this.#options.training).map((slot) =>
      addPrefix(unpackArrays(this.#layout, stripPrefix(state, slotPrefix(slot))), `${slot}/`),
    );
    const chain = addPrefix(stripPrefix(state, CHAIN), CHAIN);
    return {
      parameters: unpackArrays(this.#layout, stripPrefix(state, PARAMETER)),
      optimizer: Object.assign({}, ...slots, chain) as FloatArrays,
    };
  }

  async dispose(): Promise<void> {
    await this.#scan.dispose();
  }

  #slices(first: number, steps: number): Promise<Arrays> {
    const { algorithm, vae } = this;
    const { dataSize } = vae;
    const own = {
      algorithm,
      dataSize,
      maskLayout: this.#maskLayout,
      order: this.#order,
      readAhead: this.#readAhead,
      calendar: this.#rounds,
    };
    const inputs = { ...this.#options, ...own };
    return stepInputs(inputs, first, steps);
  }
}

async function initialState(options: TrainerOptions, vae: Vae, algorithm: Algorithm): Promise<FloatArrays> {
  const { training, resume } = options;
  const layout = layoutOf(algorithm.shapes);
  const parameters = resume?.parameters ?? (await initialParameters(options, vae, algorithm));
  const slots = Object.entries(createOptimizer(training.optimizer).slots).map(([slot, value]) => {
    const own = resume ? stripPrefix(resume.optimizer, `${slot}/`) : fillNamed(algorithm.shapes, value);
    return addPrefix(packArrays(layout, own), slotPrefix(slot));
  });
  const chain = resume ? stripPrefix(resume.optimizer, CHAIN) : algorithm.chain?.initial(training.seed);
  const state: FloatArrays[] = [
    addPrefix(packArrays(layout, parameters), PARAMETER),
    ...slots,
    addPrefix(chain ?? {}, CHAIN),
  ];
  return Object.assign({}, ...state) as FloatArrays;
}

async function initialParameters(
  options: TrainerOptions,
  vae: Vae,
  algorithm: Algorithm,
): Promise<FloatArrays> {
  const { training, source, rows, model } = options;
  const all = { ...initialize(vae.shapes, training.seed, training.initializer), ...algorithm.initial };
  const known =
    training.output_bias === 'zero'
      ? {}
      : vae.marginalParameters(await elementStatistics(source, rows, vae.dataSize, model.likelihood));
  return mapNamed(algorithm.shapes, (_, name) => {
    const { shape, data } = getNamed<FloatArray>(all, name);
    return { shape, data: known[name] ?? data };
  });
}

function slotsOf(training: TrainingSpec): string[] {
  return Object.keys(createOptimizer(training.optimizer).slots);
}
