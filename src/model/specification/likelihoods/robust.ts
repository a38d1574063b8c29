import Type from 'typebox';
import { closed } from '../schema.ts';
import { REAL, type ValueDomain } from './domain.ts';

/** Fields of columns whose likelihood also explains values unlike those of the training rows (docs/method.md). */

/** The value of a code or count column that stands for every outcome other than its codes or counts. */
export const OTHER = -1;
/** Default share of outliers: small enough to cost ordinary values nothing, and to leave what is strange strange (docs/method.md). */
export const OUTLIER_SHARE = 1e-10;
/** Above one half, what is unusual would be the rule. */
const LARGEST_SHARE = 0.5;

const limits = { exclusiveMinimum: 0, maximum: LARGEST_SHARE } as const;
const outlierShare = Type.Number({
  ...limits,
  default: OUTLIER_SHARE,
  description: 'Share of the values that come from the broad distribution.',
});

const describeScale = (of: string) =>
  Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: `${of} Computed from the training rows unless it is given.`,
    }),
  );

/** Of columns of numbers. */
export const numberOutliers = {
  outliers: Type.Optional(
    Type.Object(
      {
        share: outlierShare,
        location: Type.Optional(
          Type.Number({
            description:
              'Centre of the broad distribution. Computed from the training rows unless it is given.',
          }),
        ),
        scale: describeScale('Half of the broad distribution lies within this distance of its centre.'),
      },
      {
        ...closed,
        description:
          'Mixes in a broad distribution, so that every finite number has a density: p(x|z) = (1 - share) p_model(x|z) + share s / (2 (s + |x - location|)^2), where s is the scale. Default: none.',
      },
    ),
  ),
} as const;

const other = Type.Optional(
  Type.Object(
    {
      share: Type.Optional(
        Type.Number({
          ...limits,
          description: 'Probability of the outcome. Estimated from the training rows unless it is given.',
        }),
      ),
    },
    {
      ...closed,
      description:
        'Adds the outcome "other", stored as -1, for unseen words, codes above the largest, and counts that are negative or not whole: p(-1|z) = share, p(x|z) = (1 - share) p_model(x|z). Default: none.',
    },
  ),
);

/** Of columns of codes. */
export const otherCode = { other } as const;

/** Of columns of counts. */
export const unusualCounts = {
  other,
  outliers: Type.Optional(
    Type.Object(
      { share: outlierShare, scale: describeScale('Median of the broad distribution.') },
      {
        ...closed,
        description:
          'Mixes in a distribution of counts with a heavy tail: p(x|z) = (1 - share) p_model(x|z) + share s / ((x + s) (x + s + 1)), where s is the scale. Default: none.',
      },
    ),
  ),
} as const;

/** The fields of every kind of column. */
export interface RobustFields {
  readonly other?: { readonly share?: number };
  readonly outliers?: { readonly share: number; readonly location?: number; readonly scale?: number };
}

/** The values of a column with these fields, given those that its family explains. */
export function widenDomain(domain: ValueDomain, { other, outliers }: RobustFields): ValueDomain {
  const widened = outliers ? widenRange(domain) : domain;
  if (!other) return widened;
  return { ...widened, low: OTHER, integer: true, allowed: `${widened.allowed}, or -1 for any other` };
}

const widenRange = (domain: ValueDomain): ValueDomain =>
  domain.integer ? { ...domain, high: REAL.high, allowed: 'a whole number of at least 0' } : REAL;

/** Whether a share, scale or location is to be computed from the training rows. */
export function needsRobustNumbers({ other, outliers }: RobustFields, { integer }: ValueDomain): boolean {
  if (other && other.share === undefined) return true;
  if (!outliers) return false;
  return outliers.scale === undefined || (!integer && outliers.location === undefined);
}
