import {
  likelihoodSizes,
  mayMiss,
  withMissingValues,
  type LikelihoodSpec,
} from '../specification/likelihood.ts';
import type { ModelOrder } from '../specification/model.ts';
import type { SpecificationProblem } from '../specification/problem.ts';
import type { TrainingOrder } from '../specification/training.ts';
import { addColumnFacts } from './fit.ts';
import { trainingProblems, type KnownDataset, type TrainingPlan } from './order-problems.ts';
import { propose } from './proposal.ts';
import { chooseTableDefaults, isTable } from './table-defaults.ts';
import { warnOfSharedProfile, warnOfTestRows } from './test-rows.ts';
import { chooseUsualDefaults, type OrderDefaults } from './usual-defaults.ts';
import { warningsFor } from './warnings.ts';

export type TrainingOutcome =
  | { readonly plan: TrainingPlan; readonly warnings: string[] }
  | { readonly problems: readonly SpecificationProblem[] }
  /** Why no likelihood is proposed for these data: the order must name one. */
  | { readonly unproposed: readonly string[] };

/** Completes a training order from its data set. */
export function planTraining(
  order: { readonly model: ModelOrder; readonly training: TrainingOrder },
  dataset: KnownDataset,
): TrainingOutcome {
  const { profile, test_profile: testProfile } = dataset;
  const { likelihood: chosen, reasons } = chooseLikelihood(order, dataset);
  if (chosen === null) return { unproposed: reasons };
  const likelihood = addColumnFacts(chosen, profile);
  const maskable = order.model.likelihood ? likelihood : withMissingValues(likelihood);
  const usual = chooseDefaults(order.training, dataset, { likelihood, mayMiss: mayMiss(maskable) });
  const training = { ...usual.training, ...order.training };
  const own = training.masking?.name === 'random' ? maskable : likelihood;
  const plan = { model: { ...usual.model, ...order.model, likelihood: own }, training };
  const problems = trainingProblems(plan, dataset);
  if (problems.length > 0) return { problems };
  const warnings = [
    ...(profile === null ? [] : warningsFor(profile, likelihood, training.binarization)),
    ...warnOfTestRows(likelihood, testProfile),
    ...(order.model.likelihood ? [] : warnOfSharedProfile(dataset)),
  ];
  return { plan, warnings };
}

function chooseDefaults(
  order: TrainingOrder,
  dataset: KnownDataset,
  known: { readonly likelihood: LikelihoodSpec; readonly mayMiss: boolean },
): OrderDefaults {
  if (!isTable(dataset)) return chooseUsualDefaults(order);
  const inputs = likelihoodSizes(known.likelihood, dataset.data_size).input;
  return chooseTableDefaults(order, dataset, { inputs, mayMiss: known.mayMiss });
}

/** Values that are binarized, or that have no profile, get the Bernoulli likelihood. */
function chooseLikelihood(
  { model, training }: { readonly model: ModelOrder; readonly training: TrainingOrder },
  { profile }: KnownDataset,
): { readonly likelihood: LikelihoodSpec | null; readonly reasons: readonly string[] } {
  if (model.likelihood) return { likelihood: model.likelihood, reasons: [] };
  if (profile === null || training.binarization !== 'none')
    return { likelihood: { family: 'bernoulli' }, reasons: [] };
  return propose(profile);
}
