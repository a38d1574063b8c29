import type { MeasureName, MeasureSpec } from '../../specification.ts';
import type { Variant } from '../../specification/schema.ts';
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

export function takeMeasure<Name extends MeasureName>(
  context: MeasureContext,
  spec: Variant<MeasureSpec, 'name', Name>,
): Promise<Measured> {
  const name: Name = spec.name;
  return MEASURES[name](context, spec);
}
