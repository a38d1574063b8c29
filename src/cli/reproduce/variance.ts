import type { EvaluationReport } from '../../model/specification/evaluation-report.ts';
import { PAPER_DATASETS } from './datasets.ts';
import { evaluateOnce, summarizeTraining, trainOnce } from './jobs.ts';
import { PAPER_NETWORKS, orderFullTraining, type TrainingSetting } from './protocol.ts';
import { formatColumns, writeResults } from './results.ts';
import type { Session } from './session.ts';

type Variances = NonNullable<EvaluationReport['gradient_variance']>;

/** The best of the paper's step sizes after one epoch of MNIST. */
const STEP_SIZE = 0.02;
const DRAWS = 200;

/**
 * Sections 2.2 and 2.3: the variance of each estimator's gradient over its noise, for the same parameters and the same
 * minibatch of training rows, in the middle of a training on MNIST.
 */
export async function compareEstimators(session: Session): Promise<string> {
  const { samples, initializer, seed } = session.options;
  const rows = await PAPER_DATASETS.MNIST(session);
  const name = 'MNIST 20, gradient variance';
  const setting: TrainingSetting = {
    name,
    rows,
    ...PAPER_NETWORKS.MNIST,
    latents: 20,
    method: 'AEVB',
    initializer,
    seed,
  };
  const order = orderFullTraining(setting, STEP_SIZE, samples);
  const trained = await trainOnce(session, name, order);
  const { report, ...job } = await evaluateOnce(session, `${name}, evaluation`, {
    model_id: trained.model_id,
    rows: 'train',
    limit: 100,
    seed,
    measures: [{ name: 'gradient_variance', minibatch_size: 100, draws: DRAWS }],
  });
  const found = report.gradient_variance;
  if (!found) throw new RangeError('gradient_variance is missing in the evaluation');
  await writeResults(session.options, {
    data: rows.description,
    gradient_variance: found,
    protocol: report.protocol,
    training: { order, ...summarizeTraining(trained) },
    evaluation: job,
  });
  return formatVariances(found);
}

function formatVariances({ estimators }: Variances): string {
  const ratio = (value: number | null): string => (value === null ? '-' : value.toPrecision(3));
  const rows = estimators.map(({ estimator, control_variate, all_parameters, ...encoder }) => [
    control_variate === undefined ? estimator : `${estimator}, ${control_variate}`,
    ratio(encoder.variance),
    ratio(encoder.ratio_to_sgvb_b),
    ratio(all_parameters.variance),
    ratio(all_parameters.ratio_to_sgvb_b),
  ]);
  return formatColumns([['estimator', 'encoder', 'to B', 'all parameters', 'to B'], ...rows]);
}
