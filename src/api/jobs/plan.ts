import { AppError } from '../../errors.ts';
import { propose, warningsFor, addLabels } from '../../model/dataset.ts';
import type { ModelOrder, ModelSpec, TrainingSpec } from '../../model/specification.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import { checkAgainstDataset, type JobPlan } from './training-checks.ts';

export interface PlannedJob extends JobPlan {
  readonly warnings: string[];
}

/** A job as it was ordered, with what the data set says where the order says nothing. Errors: validation_failed. */
export function planJob(
  order: { readonly model: ModelOrder; readonly training: TrainingSpec },
  dataset: DatasetRecord,
): PlannedJob {
  const { training } = order;
  const { profile } = dataset;
  const chosen = order.model.likelihood ?? proposedFor(dataset, training);
  const likelihood = addLabels(chosen, profile);
  const plan: JobPlan = { model: { ...order.model, likelihood }, training };
  checkAgainstDataset(plan, dataset);
  const warnings = profile === null ? [] : warningsFor(profile, likelihood, training.binarization);
  return { ...plan, warnings };
}

/** Values that become zeros and ones have the Bernoulli likelihood, as those of which nothing is known. */
function proposedFor({ profile }: DatasetRecord, { binarization }: TrainingSpec): ModelSpec['likelihood'] {
  if (profile === null || binarization !== 'none') return { family: 'bernoulli' };
  const { likelihood, reasons } = propose(profile);
  if (likelihood !== null) return likelihood;
  const problems = [{ pointer: '/model/likelihood', detail: `this field is required: ${reasons.join(' ')}` }];
  throw AppError.of('validation_failed', { what: 'The job' }, { problems });
}
