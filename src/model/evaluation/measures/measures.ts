import type { MeasureName, MeasureSpec } from '../../specification.ts';
import { elbo } from './elbo.ts';
import { floors } from './floors.ts';
import { gradientVariance } from './gradient-variance.ts';
import { latents } from './latents.ts';
import { logMarginalLikelihood } from './log-marginal-likelihood.ts';
import type { Measure, MeasureContext, Measured } from './measure.ts';

const MEASURES: { readonly [Name in MeasureName]: Measure<Name> } = {
  elbo,
  log_marginal_likelihood: logMarginalLikelihood,
  latents,
  floors,
  gradient_variance: gradientVariance,
};

export function takeMeasure(context: MeasureContext, spec: MeasureSpec): Promise<Measured> {
  return (MEASURES[spec.name] as Measure<MeasureName>)(context, spec);
}
