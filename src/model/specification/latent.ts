import { Ajv } from 'ajv';
import type { Static, TProperties, TSchema } from 'typebox';
import {
  describedFamily,
  FAMILIES,
  FAMILY_NAMES,
  type DependentFamily,
  type FamilyName,
  type PriorFamily,
} from './families/families.ts';
import type { Moment, Support, Tails } from './families/family.ts';
import { tagged } from './schema.ts';

type Families = typeof FAMILIES;

const posteriorFields = Object.fromEntries(FAMILY_NAMES.map((name) => [name, FAMILIES[name].posterior])) as {
  readonly [Name in FamilyName]: Families[Name]['posterior'];
};

type PriorFields = { readonly [Name in PriorFamily]: Exclude<Families[Name]['prior'], null> };

const priorFields = Object.fromEntries(
  FAMILY_NAMES.flatMap((name): [string, TProperties][] => {
    const fields = describedFamily(name).prior;
    return fields === null ? [] : [[name, fields]];
  }),
) as PriorFields;

/** q(z|x): the encoder outputs its parameters; fields are only what it does not output. */
export const Posterior = tagged('Posterior', 'family', posteriorFields, 'gaussian');
export type PosteriorSpec = Static<typeof Posterior>;
export type PosteriorFamily = PosteriorSpec['family'];
export type PosteriorOf<Name extends PosteriorFamily> = Extract<PosteriorSpec, { family: Name }>;

/** p(z): the same in every dimension, without learned parameters. */
export const Prior = tagged('Prior', 'family', priorFields, 'gaussian');
export type PriorSpec = Static<typeof Prior>;
export type PriorOf<Name extends PriorFamily> = Extract<PriorSpec, { family: Name }>;

export const POSTERIOR_FAMILIES: readonly PosteriorFamily[] = FAMILY_NAMES;
export const PRIOR_FAMILIES = Object.keys(priorFields) as PriorFamily[];

/** Priors whose dimensions are independent: each dimension has its own quantiles. */
export type IndependentPriorFamily = Exclude<PriorFamily, DependentFamily>;
export type IndependentPrior = PriorOf<IndependentPriorFamily>;

export function isIndependent(prior: PriorSpec): prior is IndependentPrior {
  return describedFamily(prior.family).isIndependent !== false;
}

/** Returns the support of a family; posterior and prior must have the same. */
export function supportOf(family: FamilyName): Support {
  return FAMILIES[family].support;
}

/** Parameters of a family that are set, not learned. */
export type HyperparametersOf<Name extends FamilyName> = {
  readonly [Field in Exclude<keyof PosteriorOf<Name>, 'family'>]: PosteriorOf<Name>[Field];
};

/**
 * Returns the hyperparameters of a family: the given ones, otherwise defaults. It ignores other fields. Throws a
 * RangeError for numbers outside their limits.
 */
export function hyperparametersOf<Name extends FamilyName>(
  family: Name,
  given: Readonly<Record<string, unknown>>,
): HyperparametersOf<Name> {
  const entries = Object.entries(describedFamily(family).posterior).map(([name, schema]) => {
    const value: unknown = given[name] ?? ('default' in schema ? schema.default : undefined);
    if (isValid(schema, value)) return [name, value] as const;
    throw new RangeError(`${family} with ${name} ${String(value)}; allowed: ${describeLimits(schema)}`);
  });
  return Object.fromEntries(entries) as HyperparametersOf<Name>;
}

let ajv: Ajv | undefined;

/** Compiles each schema once. */
function isValid(schema: TSchema, value: unknown): boolean {
  ajv ??= new Ajv({ meta: false, validateSchema: false });
  return ajv.validate(schema, value);
}

function describeLimits(schema: object): string {
  const limits = Object.entries(schema).filter(([name]) => name === 'type' || /imum$/i.test(name));
  return limits.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}

/** Number of encoder outputs for one row. */
export function posteriorSize({ family }: { readonly family: FamilyName }, latentSize: number): number {
  const { encoderOutputs } = describedFamily(family);
  return typeof encoderOutputs === 'number' ? encoderOutputs * latentSize : encoderOutputs(latentSize);
}

/** The latent sizes that this posterior allows; null if this one is allowed. */
export function latentSizeProblem(family: PosteriorFamily, latentSize: number): string | null {
  const { minimum = 1, maximum = Infinity } = describedFamily(family).latentSize ?? {};
  if (latentSize < minimum) return `at least ${minimum} with a ${family} posterior`;
  return latentSize > maximum ? `at most ${maximum} with a ${family} posterior` : null;
}

/** Whether KL(q || p) has a closed form. */
export function hasClosedFormKl(posterior: PosteriorSpec, prior: PriorSpec): boolean {
  return describedFamily(posterior.family).closedFormKl.includes(prior.family);
}

/**
 * The moment that the prior needs and the posterior lacks whatever is learned, so that their divergence is infinite;
 * null if there is none.
 */
export function missingMoment(posterior: PosteriorSpec, prior: PriorSpec): Moment['name'] | null {
  const { needs } = FAMILIES[prior.family].tails as Tails<PosteriorSpec, PriorSpec>;
  const { lacks } = FAMILIES[posterior.family].tails as Tails<PosteriorSpec, PriorSpec>;
  const needed = needs?.(prior);
  return needed && lacks?.(needed, posterior) ? needed.name : null;
}
