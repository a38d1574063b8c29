import { formatNats } from '../format.ts';
import { uploadFirstImages } from './datasets.ts';
import { evaluateOnce, summarizeTraining, type Evaluated, type Trained } from './jobs.ts';
import { computeAgreement, LIMIT, MEASURES, type Agreement } from './marginal.ts';
import { readPaperCurves } from './paper.ts';
import { drawOverlay, type NamedCurve } from './plot.ts';
import { METHODS, PAPER_NETWORKS, type Method, type TrainingRows } from './protocol.ts';
import { formatColumns, writeOutput, writeResults } from './results.ts';
import { runSetting, type Run } from './run.ts';
import type { Session } from './session.ts';
import { readValidationBound } from './steps.ts';

const NETWORK = { hidden: 100, latents: 3, likelihood: PAPER_NETWORKS.MNIST.likelihood } as const;
/** Eighths of the training after which log p(x) is estimated. */
const POINTS = [2, 4, 8] as const;
const CHECKPOINTS = 8;
const PARTS = ['train', 'test'] as const;
type Part = (typeof PARTS)[number];
/** Test rows are those of the `mnist` data set. */
const PART_ROWS = { train: { rows: 'train' }, test: { rows: 'test', dataset_id: 'mnist' } } as const;
const Y_RANGE = [-160, -110] as const;
/** MCEM has no bound, so its pilots are compared by log p(x) of this many validation rows. */
const PILOT_ROWS = 100;

interface Estimate {
  readonly method: Method;
  readonly rows: Part;
  readonly samples: number;
  readonly evaluation: Evaluated;
  readonly agreement: Agreement;
}

interface EstimatedRun extends Run {
  readonly estimates: readonly Estimate[];
}

/** Figure 3: the estimated marginal likelihood during training, for AEVB, wake-sleep and Monte Carlo EM. */
export async function reproduceFigure3(session: Session): Promise<string> {
  const { options } = session;
  const rows = await uploadFirstImages(session, options.trainRows);
  const runs: EstimatedRun[] = [];
  for (const method of METHODS) {
    runs.push(await runMethod(session, rows, method));
    await write(session, rows, runs);
    session.say(formatEstimates(runs.slice(-1)));
  }
  return formatEstimates(runs);
}

async function runMethod(session: Session, rows: TrainingRows, method: Method): Promise<EstimatedRun> {
  const { initializer, seed, trainRows } = session.options;
  const name = `MNIST 3, ${trainRows} rows, ${method}`;
  const run = await runSetting(
    session,
    { name, rows, ...NETWORK, method, initializer, seed, checkpoints: CHECKPOINTS },
    method === 'MCEM' ? (pilot, trained) => scorePilot(session, pilot, trained) : readValidationBound,
  );
  const { trained } = run;
  const estimates: Estimate[] = [];
  for (const [step, part] of chooseCheckpoints(trained).flatMap((step) =>
    PARTS.map((part) => [step, part] as const),
  )) {
    estimates.push(await estimate(session, { name, method, trained }, step, part));
  }
  return { ...run, estimates };
}

/** Steps of the checkpoints for which log p(x) is estimated. */
function chooseCheckpoints({ epochs }: Trained): number[] {
  const every = Math.ceil(epochs.length / CHECKPOINTS);
  const ends = POINTS.map((share) => epochs[Math.min(share * every, epochs.length) - 1]?.step ?? 0);
  return [...new Set(ends)];
}

async function estimate(
  session: Session,
  { name, method, trained }: { name: string; method: Method; trained: Trained },
  step: number,
  rows: Part,
): Promise<Estimate> {
  const evaluation = await evaluateOnce(session, `${name}, step ${step}, ${rows}`, {
    model_id: trained.model_id,
    checkpoint: step,
    ...PART_ROWS[rows],
    limit: LIMIT,
    seed: session.options.seed,
    measures: [...MEASURES],
  });
  return { method, rows, samples: step * 100, evaluation, agreement: computeAgreement(evaluation.report) };
}

async function scorePilot(session: Session, name: string, { model_id }: Trained): Promise<number | null> {
  const order = { model_id, rows: 'validation' as const, limit: PILOT_ROWS, measures: [...MEASURES] };
  const { report } = await evaluateOnce(session, `${name}, log p(x)`, order);
  return computeAgreement(report).posterior_density.mean;
}

async function write(session: Session, rows: TrainingRows, runs: readonly EstimatedRun[]): Promise<void> {
  const { options } = session;
  const curves = await readPaperCurves(3, `Ntrain=${options.trainRows}`);
  const ours = runs.flatMap(toCurves);
  const paper = ours.map(({ name }) => ({ name, curve: curves.get(name) ?? [] }));
  const title = `MNIST, ${options.trainRows} training images: estimated log marginal likelihood`;
  const svg = drawOverlay({ title, yLabel: 'nats per image', ours, paper, yRange: Y_RANGE, marks: true });
  await writeOutput(options, `${options.trainRows}.svg`, svg);
  const saved = runs.map(({ trained, estimates, ...run }) => ({
    ...run,
    job: summarizeTraining(trained),
    estimates: estimates.map(({ evaluation, ...one }) => ({ ...one, job_id: evaluation.job_id })),
  }));
  await writeResults(options, { data: rows.description, runs: saved }, `${options.trainRows}.json`);
}

function toCurves({ method, estimates }: EstimatedRun): NamedCurve[] {
  return PARTS.map((part) => ({
    name: `${method} ${part}`,
    curve: estimates
      .filter(({ rows }) => rows === part)
      .map(({ samples, agreement: { posterior_density: estimate } }) => ({ samples, nats: estimate.mean })),
  }));
}

function formatEstimates(runs: readonly EstimatedRun[]): string {
  const rows = runs
    .flatMap(({ estimates }) => estimates)
    .map(({ method, rows: part, samples, agreement: found }) => [
      `${method} ${part}`,
      samples.toExponential(1).replace('+', ''),
      formatNats(found.posterior_density.mean),
      formatNats(found.fitted_importance_sampling.mean),
      formatHundredths(found.difference),
      formatHundredths(found.row_error),
      formatHundredths(found.draw_error),
      found.agree ? 'yes' : 'no',
    ]);
  const head = [
    'curve',
    'samples',
    'appendix D',
    'importance',
    'difference',
    'row error',
    'draw error',
    'agree',
  ];
  return formatColumns([head, ...rows]);
}

const formatHundredths = (value: number): string => value.toFixed(2);
