import {
  decodingsOf,
  EVALUATION_LIMITS,
  measureKey,
  needsEncoder,
  type EvaluationSpec,
  type MarginalMethod,
  type MeasureSpec,
} from './evaluation.ts';
import { supportOf } from './latent.ts';
import { takesBinarization } from './likelihood.ts';
import type { ModelSpec } from './model.ts';
import type { Shape } from './networks/description.ts';
import type { SpecificationProblem } from './problem.ts';
import { countParameters } from './sizes.ts';
import { trainsEncoder, type TrainingSpec } from './training.ts';

/** An evaluation and the model it evaluates. */
export interface EvaluationPlan {
  readonly evaluation: EvaluationSpec;
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
  readonly rowShape: Shape;
  /** Number of rows evaluated. */
  readonly rows: number;
}

type Found = Omit<SpecificationProblem, 'pointer'>;
type MeasureCheck = (measure: MeasureSpec, plan: EvaluationPlan, index: number) => Found | null;

/** Problems of fields that cannot be combined. Pointers are inside the evaluation. */
export function evaluationCombinationProblems(plan: EvaluationPlan): SpecificationProblem[] {
  const { evaluation, model } = plan;
  const { binarization = 'none' } = evaluation;
  const isRefused = binarization !== 'none' && !takesBinarization(model.likelihood);
  const refused = {
    pointer: '/binarization',
    found: `${binarization} with the ${model.likelihood.family} likelihood`,
    allowed: 'none',
  };
  const ofMeasures = evaluation.measures.flatMap((measure, index) =>
    MEASURE_CHECKS.flatMap((check) => {
      const found = check(measure, plan, index);
      return found ? [{ ...found, pointer: `/measures/${index}` }] : [];
    }),
  );
  return [...(isRefused ? [refused] : []), ...ofMeasures];
}

/** Why this method cannot estimate log p(x) of a model; null if it can. */
export function marginalProblem(model: ModelSpec, method: MarginalMethod): Found | null {
  if (method === 'importance_sampling') return null;
  const most = EVALUATION_LIMITS.posteriorDensityLatents;
  if (model.latent_size > most)
    return { found: `${method} with ${model.latent_size} latent dimensions`, allowed: `at most ${most}` };
  if (supportOf(model.prior.family) === 'real') return null;
  return {
    found: `${method} with a ${model.prior.family} prior: Hamiltonian Monte Carlo needs all real numbers`,
    allowed: 'a prior on the real numbers, or importance_sampling',
  };
}

const checkRepetition: MeasureCheck = (measure, { evaluation }, index) => {
  const first = evaluation.measures.findIndex((other) => measureKey(other) === measureKey(measure));
  return first === index ? null : { found: `${measureKey(measure)} twice`, allowed: 'at most one of each' };
};

const checkEncoder: MeasureCheck = (measure, { training }) =>
  !trainsEncoder(training) && needsEncoder(measure)
    ? {
        found: `${measureKey(measure)} of a model trained by mcem, which has no encoder`,
        allowed: 'floors, log_marginal_likelihood by posterior_density or fitted_importance_sampling',
      }
    : null;

const checkMethod: MeasureCheck = (measure, { model }) =>
  measure.name === 'log_marginal_likelihood' ? marginalProblem(model, measure.method) : null;

const checkWork: MeasureCheck = (measure, { rows }) => {
  const [needed, most] = [decodingsOf(measure, rows), EVALUATION_LIMITS.decodings];
  if (needed <= most) return null;
  const found = `${measureKey(measure)} of ${rows} rows, which needs ${needed} passes through the decoder`;
  return { found, allowed: `at most ${most}; set limit or lower samples` };
};

const checkRows: MeasureCheck = (measure, { rows }) =>
  measure.name === 'latents' && rows === 1
    ? { found: 'latents of 1 row', allowed: 'at least 2 rows, to measure a variance' }
    : null;

const checkGradients: MeasureCheck = (measure, { model, rowShape }) => {
  if (measure.name !== 'gradient_variance') return null;
  const [count, most] = [countParameters(model, rowShape), EVALUATION_LIMITS.gradientParameters];
  if (count <= most) return null;
  return { found: `gradient_variance of ${count} parameters`, allowed: `at most ${most}` };
};

const MEASURE_CHECKS: readonly MeasureCheck[] = [
  checkRepetition,
  checkEncoder,
  checkMethod,
  checkWork,
  checkRows,
  checkGradients,
];
