import {
  hasClosedFormKl,
  latentSizeProblem,
  missingMoment,
  POSTERIOR_FAMILIES,
  supportOf,
} from './latent.ts';
import { canSample, mayMiss, takesBinarization } from './likelihood.ts';
import type { Support } from './families/family.ts';
import { trainsEncoder, type AlgorithmName, type EstimatorName, type TrainingSpec } from './training.ts';
import type { ModelSpec } from './model.ts';
import type { SpecificationProblem } from './problem.ts';

type Check = (model: ModelSpec, training: TrainingSpec) => SpecificationProblem | null;

/** Problems of fields that cannot be combined. Pointers are inside the job (/model/..., /training/...). */
export function combinationProblems(model: ModelSpec, training: TrainingSpec): SpecificationProblem[] {
  return CHECKS.flatMap((check) => check(model, training) ?? []);
}

const ESTIMATORS_OF: { readonly [Name in AlgorithmName]: readonly EstimatorName[] } = {
  aevb: ['sgvb_a', 'sgvb_b', 'score_function', 'importance_weighted'],
  wake_sleep: [],
  mcem: [],
  full_vb: ['sgvb_a', 'sgvb_b'],
};

const SUPPORT_WORDS: { readonly [Name in Support]: string } = {
  real: 'real numbers',
  positive: 'positive numbers',
  unit_interval: 'unit interval',
  simplex: 'simplex',
};

const checkSupports: Check = ({ posterior, prior }) => {
  const [q, p] = [supportOf(posterior.family), supportOf(prior.family)];
  if (q === p) return null;
  const families = POSTERIOR_FAMILIES.filter((family) => supportOf(family) === p);
  return {
    pointer: '/model/posterior',
    found: `a posterior on the ${SUPPORT_WORDS[q]} (${posterior.family}) with a prior on the ${SUPPORT_WORDS[p]} (${prior.family})`,
    allowed: `families on the ${SUPPORT_WORDS[p]}: ${families.join(', ')}`,
  };
};

const checkTails: Check = ({ posterior, prior }) => {
  const moment = missingMoment(posterior, prior);
  if (moment === null) return null;
  return {
    pointer: '/model/prior',
    found: `${prior.family} under a ${posterior.family} posterior, which has no finite ${moment}: their KL divergence is infinite`,
    allowed: 'a prior whose tails are as heavy',
  };
};

const checkLatentSize: Check = ({ posterior, latent_size: size }) => {
  const allowed = latentSizeProblem(posterior.family, size);
  return allowed === null ? null : { pointer: '/model/latent_size', found: String(size), allowed };
};

const checkClosedForm: Check = ({ posterior, prior }, { estimator }) => {
  if (estimator?.name !== 'sgvb_b' || hasClosedFormKl(posterior, prior)) return null;
  return {
    pointer: '/training/estimator',
    found: `sgvb_b for a ${posterior.family} posterior and a ${prior.family} prior, whose KL divergence has no closed form`,
    allowed: 'sgvb_a, score_function, importance_weighted',
  };
};

const checkEstimator: Check = (_model, { algorithm, estimator: asked }) => {
  const allowed = ESTIMATORS_OF[algorithm.name];
  if (!asked || allowed.includes(asked.name)) return null;
  return {
    pointer: '/training/estimator',
    found: `${asked.name} with ${algorithm.name}`,
    allowed:
      allowed.length > 0 ? allowed.join(', ') : `no estimator: ${algorithm.name} computes its own gradients`,
  };
};

const checkObjective: Check = (_model, { algorithm, objective: asked }) =>
  algorithm.name !== 'full_vb' || asked.name === 'ml'
    ? null
    : {
        pointer: '/training/objective',
        found: 'map with full_vb',
        allowed: "ml: full_vb already includes the parameters' prior",
      };

const checkKlWeight: Check = (_model, { algorithm, estimator: asked, kl_weight: weight }) => {
  if (weight.final === 1 && weight.warm_up_epochs === 0) return null;
  const bound = algorithm.name === 'aevb' || algorithm.name === 'full_vb';
  if (bound && asked?.name !== 'importance_weighted') return null;
  const what = bound ? 'importance_weighted' : algorithm.name;
  return {
    pointer: '/training/kl_weight',
    found: `a weight other than 1 with ${what}`,
    allowed: `1: ${what} has no separate KL divergence`,
  };
};

const checkChainPrior: Check = ({ prior }, { algorithm }) =>
  algorithm.name !== 'mcem' || supportOf(prior.family) === 'real'
    ? null
    : {
        pointer: '/model/prior',
        found: `${prior.family} with mcem, whose Hamiltonian Monte Carlo moves over all real numbers`,
        allowed: 'a prior on the real numbers',
      };

const checkChainDraws: Check = (_model, { algorithm, samples_per_datapoint: draws }) =>
  algorithm.name !== 'mcem' || draws === 1
    ? null
    : { pointer: '/training/samples_per_datapoint', found: `${draws} with mcem`, allowed: '1' };

const checkDreams: Check = ({ likelihood }, { algorithm }) =>
  algorithm.name !== 'wake_sleep' || canSample(likelihood)
    ? null
    : {
        pointer: '/training/algorithm',
        found: 'wake_sleep with a likelihood of counts, which it cannot sample',
        allowed: 'aevb, mcem, full_vb, or another likelihood',
      };

const checkStopping: Check = (_model, training) =>
  training.early_stopping === undefined || trainsEncoder(training)
    ? null
    : {
        pointer: '/training/early_stopping',
        found: 'early stopping with mcem, which has no validation bound',
        allowed: 'aevb, wake_sleep or full_vb',
      };

const checkBinarization: Check = ({ likelihood }, { binarization }) =>
  binarization === 'none' || takesBinarization(likelihood)
    ? null
    : {
        pointer: '/training/binarization',
        found: `${binarization} with the ${likelihood.family} likelihood`,
        allowed: 'none, or the bernoulli likelihood',
      };

const checkMaskedLikelihood: Check = ({ likelihood }, { masking }) =>
  masking?.name !== 'random' || mayMiss(likelihood)
    ? null
    : {
        pointer: '/training/masking',
        found: `random with a ${likelihood.family} likelihood whose values are never missing`,
        allowed: 'none, or a likelihood with missing values',
      };

/** Whether the encoder learns from rows, and so from rows with hidden values. */
export const canMask = ({ algorithm }: Pick<TrainingSpec, 'algorithm'>): boolean =>
  algorithm.name === 'aevb' || algorithm.name === 'full_vb';

const checkMaskedAlgorithm: Check = (_model, training) =>
  training.masking?.name !== 'random' || canMask(training)
    ? null
    : {
        pointer: '/training/masking',
        found: `random with ${training.algorithm.name}`,
        allowed: 'none, aevb or full_vb',
      };

const CHECKS: readonly Check[] = [
  checkSupports,
  checkTails,
  checkLatentSize,
  checkClosedForm,
  checkEstimator,
  checkObjective,
  checkKlWeight,
  checkChainPrior,
  checkChainDraws,
  checkDreams,
  checkStopping,
  checkBinarization,
  checkMaskedLikelihood,
  checkMaskedAlgorithm,
];
