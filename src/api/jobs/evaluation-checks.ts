import { AppError, type Problem } from '../../errors.ts';
import {
  decodingsOf,
  EVALUATION_LIMITS,
  measureKey,
  needsEncoder,
  supportOf,
  type EvaluationSpec,
  type MarginalMethod,
  type MeasureSpec,
  type ModelSpec,
  type TrainingSpec,
} from '../../model/specification.ts';
import { countRows, resolvePart, UNTRAINED } from '../../model/dataset.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import type { ModelRecord } from '../../store/models.ts';
import { parameterCount, problem, valueProblems } from './training-checks.ts';

interface Plan {
  readonly evaluation: EvaluationSpec;
  readonly record: ModelRecord;
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
  readonly dataset: DatasetRecord;
  /** Rows that it asks for. */
  readonly rows: number;
}

type Check = (plan: Plan) => Problem | null;
type MeasureCheck = (measure: MeasureSpec, plan: Plan, index: number) => Omit<Problem, 'pointer'> | null;

/** What a schema cannot see. Errors: validation_failed, a problem for each. */
export function checkEvaluation(
  evaluation: EvaluationSpec,
  record: ModelRecord,
  dataset: DatasetRecord,
): void {
  const { model, training } = record;
  const rows = countEvaluatedRows(evaluation, record, dataset);
  const plan = { evaluation, record, model, training, dataset, rows };
  const problems = [
    ...[sizeProblem, rowsProblem, binarizationProblem, valuesProblem].flatMap((check) => check(plan) ?? []),
    ...evaluation.measures.flatMap((measure, i) => measureProblems(measure, plan, i)),
  ];
  if (problems.length > 0) throw AppError.of('validation_failed', { what: 'The evaluation' }, { problems });
}

/** Counts the rows that the worker selects. */
export function countEvaluatedRows(
  { rows, limit }: EvaluationSpec,
  record: ModelRecord,
  dataset: DatasetRecord,
): number {
  const counts =
    dataset.id === record.dataset_id
      ? countRows(dataset, record.training, record.split)
      : countRows(dataset, UNTRAINED, 'separate');
  return Math.min(counts[resolvePart(rows, counts)], limit ?? Infinity);
}

const sizeProblem: Check = ({ record, dataset }) =>
  dataset.data_size === record.data_size
    ? null
    : problem(
        '/dataset_id',
        `rows of ${dataset.data_size} values in ${dataset.id}`,
        String(record.data_size),
      );

const rowsProblem: Check = ({ evaluation, rows, dataset }) =>
  rows > 0
    ? null
    : problem('/rows', `no ${evaluation.rows} rows in ${dataset.id}`, 'all, or a data set with test rows');

const binarizationProblem: Check = ({ evaluation: { binarization }, model: { likelihood } }) =>
  binarization === undefined || binarization === 'none' || likelihood.family === 'bernoulli'
    ? null
    : problem('/binarization', `${binarization} with the ${likelihood.family} likelihood`, 'none');

/** Of many columns that do not fit the first says enough. */
const valuesProblem: Check = ({ model, training, dataset }) => {
  const [first] = [valueProblems({ model, training }, dataset) ?? []].flat();
  return first ? { ...first, pointer: '/dataset_id' } : null;
};

function measureProblems(measure: MeasureSpec, plan: Plan, index: number): Problem[] {
  return MEASURE_CHECKS.flatMap((check) => {
    const found = check(measure, plan, index);
    return found ? [{ ...found, pointer: `/measures/${index}` }] : [];
  });
}

/** Why log p(x) of a model cannot be estimated in this way; its pointer is empty. */
export function marginalProblem(model: ModelSpec, method: MarginalMethod): Problem | null {
  if (method === 'importance_sampling') return null;
  const most = EVALUATION_LIMITS.posteriorDensityLatents;
  if (model.latent_size > most) {
    return problem('', `${method} with ${model.latent_size} latent dimensions`, `at most ${most}`);
  }
  if (supportOf(model.prior.family) === 'real') return null;
  return problem(
    '',
    `${method} with a ${model.prior.family} prior, where Hamiltonian Monte Carlo cannot move freely`,
    'a prior on the real numbers, or importance_sampling',
  );
}

const repeated: MeasureCheck = (measure, { evaluation }, index) => {
  const first = evaluation.measures.findIndex((other) => measureKey(other) === measureKey(measure));
  return first === index ? null : problem('', `${measureKey(measure)} twice`, 'at most one of each');
};

const encoder: MeasureCheck = (measure, { training }) =>
  training.algorithm.name === 'mcem' && needsEncoder(measure)
    ? problem(
        '',
        `${measureKey(measure)} of a model trained by mcem, which has no encoder`,
        'floors, log_marginal_likelihood by posterior_density or fitted_importance_sampling',
      )
    : null;

const chains: MeasureCheck = (measure, { model }) =>
  measure.name === 'log_marginal_likelihood' ? marginalProblem(model, measure.method) : null;

const work: MeasureCheck = (measure, { rows }) => {
  const [needed, most] = [decodingsOf(measure, rows), EVALUATION_LIMITS.decodings];
  if (needed <= most) return null;
  const found = `${measureKey(measure)} of ${rows} rows, which takes ${needed} passes through the decoder`;
  return problem('', found, `at most ${most}; set limit or lower samples`);
};

const variances: MeasureCheck = (measure, { rows }) =>
  measure.name === 'latents' && rows === 1
    ? problem('', 'latents of 1 row', 'at least 2 rows, whose variance is measured')
    : null;

const gradients: MeasureCheck = (measure, { model, record }) => {
  if (measure.name !== 'gradient_variance') return null;
  const [count, most] = [parameterCount(record.data_size, model), EVALUATION_LIMITS.gradientParameters];
  return count <= most ? null : problem('', `gradient_variance of ${count} parameters`, `at most ${most}`);
};

const MEASURE_CHECKS: readonly MeasureCheck[] = [repeated, encoder, chains, work, variances, gradients];
