import type { EvaluationReport, MeasureName, MeasureSpec } from '../../spec.ts';
import { elbo } from './elbo.ts';
import { logMarginalLikelihood } from './log-marginal-likelihood.ts';
import type { Measure, MeasureContext } from './measure.ts';

const MEASURES: { readonly [Name in MeasureName]: Measure<Name> } = {
  elbo,
  log_marginal_likelihood: logMarginalLikelihood,
};

export function measured(context: MeasureContext, spec: MeasureSpec): Promise<Partial<EvaluationReport>> {
  return (MEASURES[spec.name] as Measure<MeasureName>)(context, spec);
}
