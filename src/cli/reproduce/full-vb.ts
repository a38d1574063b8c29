import type { TrainingSpec } from '../../model/specification.ts';
import { average } from './curve.ts';
import { uploadFirstImages } from './datasets.ts';
import { evaluateOnce, summarizeTraining, trainOnce, type Trained } from './jobs.ts';
import { FITTED, LIMIT, findMarginal } from './marginal.ts';
import {
  PAPER_NETWORKS,
  orderPilot,
  orderFullTraining,
  type TrainingRows,
  type TrainingSetting,
} from './protocol.ts';
import { formatColumns, writeResults } from './results.ts';
import type { Session } from './session.ts';
import { chooseStep, countPilotSamples, type ChosenStep } from './steps.ts';

/** Figure 3's network on few rows, where a point estimate of the parameters can overfit. */
const NETWORK = { hidden: 100, latents: 3, likelihood: PAPER_NETWORKS.MNIST.likelihood } as const;
const ROWS = 1000;

const LEARNING = {
  'full VB': {
    algorithm: { name: 'full_vb', prior_standard_deviation: 1 },
    objective: { name: 'ml' },
  },
  'maximum likelihood': { algorithm: { name: 'aevb' }, objective: { name: 'ml' } },
} as const satisfies Record<string, Pick<TrainingSpec, 'algorithm' | 'objective'>>;
type Name = keyof typeof LEARNING;
const NAMES = Object.keys(LEARNING) as Name[];

/** Eighths of the training after which the test rows are scored, because overfitting takes time. */
const POINTS = [1, 2, 4, 8] as const;
const CHECKPOINTS = 8;

interface Score {
  readonly samples: number;
  readonly test_log_likelihood: number;
  readonly standard_error: number | null;
  readonly test_bound: number;
}

interface Run {
  readonly learning: Name;
  readonly seed: number;
  readonly step: ChosenStep;
  readonly order: object;
  readonly trained: Trained;
  readonly scores: readonly Score[];
}

/** Compares appendix F with maximum likelihood: does a posterior over the decoder's parameters help with few rows? */
export async function reproduceFullVb(session: Session): Promise<string> {
  const { options } = session;
  const rows = await uploadFirstImages(session, ROWS);
  const runs: Run[] = [];
  for (const learning of NAMES) {
    const step = await chooseStepFor(session, rows, learning);
    for (let seed = options.seed; seed < options.seed + options.seeds; seed++) {
      runs.push(await runSeed(session, rows, learning, seed, step));
    }
  }
  const found = compareRuns(runs);
  const saved = runs.map(({ trained, ...run }) => ({ ...run, job: summarizeTraining(trained) }));
  await writeResults(options, { data: rows.description, comparison: found, runs: saved });
  return formatComparison(found);
}

const createSetting = (session: Session, rows: TrainingRows, name: Name, seed: number): TrainingSetting => ({
  name: `MNIST 3, ${ROWS} rows, ${name}, seed ${seed}`,
  rows,
  ...NETWORK,
  method: 'AEVB',
  learning: LEARNING[name],
  initializer: session.options.initializer,
  seed,
  checkpoints: CHECKPOINTS,
});

/** Chooses by the pilots' bounds with the first seed. */
function chooseStepFor(session: Session, rows: TrainingRows, name: Name): Promise<ChosenStep> {
  const setting = createSetting(session, rows, name, session.options.seed);
  const samples = countPilotSamples(session.options.samples);
  return chooseStep(session, setting.name, (size) => orderPilot(setting, size, samples));
}

async function runSeed(
  session: Session,
  rows: TrainingRows,
  learning: Name,
  seed: number,
  step: ChosenStep,
): Promise<Run> {
  const setting = createSetting(session, rows, learning, seed);
  const order = orderFullTraining(setting, step.step_size, session.options.samples);
  const trained = await trainOnce(session, setting.name, order);
  const scores: Score[] = [];
  const every = Math.ceil(trained.epochs.length / CHECKPOINTS);
  for (const share of POINTS) {
    const epoch = trained.epochs[Math.min(share * every, trained.epochs.length) - 1];
    if (epoch) scores.push(await score(session, setting.name, trained, epoch.step));
  }
  return { learning, seed, step, order, trained, scores };
}

async function score(
  session: Session,
  name: string,
  { model_id }: Trained,
  checkpoint: number,
): Promise<Score> {
  const measures = [{ name: 'elbo', samples: 10 } as const, FITTED];
  const order = { model_id, checkpoint, dataset_id: 'mnist', rows: 'test', limit: LIMIT, measures } as const;
  const { report } = await evaluateOnce(session, `${name}, step ${checkpoint}`, order);
  const marginal = findMarginal(report, 'fitted_importance_sampling');
  if (!marginal || !report.elbo) throw new RangeError(`${name}: a measure is missing in the evaluation`);
  const { mean: value, standard_error } = marginal;
  return {
    samples: checkpoint * 100,
    test_log_likelihood: value,
    standard_error,
    test_bound: report.elbo.mean,
  };
}

interface Compared {
  readonly learning: Name;
  readonly samples: number;
  /** Means and standard deviation over the seeds. */
  readonly test_log_likelihood: number;
  readonly deviation: number | null;
  readonly test_bound: number;
}

function compareRuns(runs: readonly Run[]): Compared[] {
  return NAMES.flatMap((learning) => {
    const here = runs.filter((run) => run.learning === learning);
    return (here[0]?.scores ?? []).map(({ samples }, i) => {
      const scores = here.flatMap((run) => run.scores[i] ?? []);
      const values = scores.map(({ test_log_likelihood: value }) => value);
      return {
        learning,
        samples,
        test_log_likelihood: average(values),
        deviation: computeDeviation(values),
        test_bound: average(scores.map(({ test_bound: bound }) => bound)),
      };
    });
  });
}

function computeDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const center = average(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}

function formatComparison(found: readonly Compared[]): string {
  const rows = found.map(({ learning, samples, test_log_likelihood, deviation: spread, test_bound }) => [
    learning,
    samples.toExponential(1).replace('+', ''),
    test_log_likelihood.toFixed(2),
    spread === null ? '-' : spread.toFixed(2),
    test_bound.toFixed(2),
  ]);
  return formatColumns([
    ['learning', 'samples', 'test log-likelihood', 'sd over seeds', 'test bound'],
    ...rows,
  ]);
}
