import type { Tensor } from '@tensorflow/tfjs';
import type { Distribution, DistributionFamily, Noise } from '../../src/model/distributions/distribution.ts';
import { distributionFamily } from '../../src/model/distributions/families/families.ts';
import { fillNormal, fillUniform, deriveKey } from '../../src/model/random/streams.ts';
import type { FloatArrays, Tensors } from '../../src/model/runtime/runtime.ts';
import type { FamilyName } from '../../src/model/specification/families/families.ts';
import golden from '../model/distributions/golden/families.json' with { type: 'json' };

type Numbers = readonly (number | null)[];

/** A distribution with SciPy's values (golden/families.py); null stands for what is not finite. */
export interface FamilyCase {
  readonly label: string;
  readonly family: FamilyName;
  readonly hyperparameters: Readonly<Record<string, number>>;
  readonly parameters: FloatArrays;
  readonly size: number;
  readonly z: readonly (readonly number[])[];
  readonly logProb: Numbers;
  readonly mean: Numbers;
  readonly standardDeviation: Numbers;
  readonly projections: readonly { readonly weights: readonly number[]; readonly quantiles: Numbers }[];
}

export const PROBABILITIES = golden.probabilities;

export const FAMILY_CASES = golden.cases.map((given): FamilyCase => {
  const { family, hyperparameters, parameters, log_prob, standard_deviation, ...rest } = given;
  return {
    ...rest,
    label: `${family} ${JSON.stringify({ ...hyperparameters, ...parameters })}`,
    family: family as FamilyName,
    hyperparameters,
    parameters: arraysOf(parameters),
    size: given.mean.length,
    logProb: log_prob,
    standardDeviation: standard_deviation,
  };
});

export const LABELLED_CASES = FAMILY_CASES.map((given) => [given.label, given] as const);

export function familyOf(
  family: FamilyName,
  hyperparameters: Readonly<Record<string, number>> = {},
): DistributionFamily {
  return distributionFamily(family, hyperparameters);
}

/** The distribution of a case whose parameters come as inputs of a function. */
export function distributionOf(
  { family, hyperparameters, parameters }: Pick<FamilyCase, 'family' | 'hyperparameters' | 'parameters'>,
  inputs: Tensors,
): Distribution {
  const own = Object.entries(inputs).filter(([name]) => name in parameters);
  return familyOf(family, hyperparameters).of(Object.fromEntries(own));
}

/** Numbers, lists and matrices as arrays. */
export function arraysOf(
  parameters: Readonly<Record<string, number | readonly number[] | readonly (readonly number[])[]>>,
): FloatArrays {
  const entries = Object.entries(parameters).map(([name, value]) => {
    const rows = typeof value === 'number' ? [value] : value;
    const width = typeof rows[0] === 'object' ? [rows[0].length] : [];
    return [name, { shape: [rows.length, ...width], data: Float32Array.from(rows.flat()) }] as const;
  });
  return Object.fromEntries(entries);
}

/** Noise for `draws` draws of `size` dimensions. */
export function noiseFor(
  { noise }: DistributionFamily,
  draws: number,
  size: number,
  seed: number,
): FloatArrays {
  const [normal, uniform] = [draws * size * noise.normal, draws * size * noise.uniform];
  const filled = { normal: new Float32Array(normal), uniform: new Float32Array(uniform) };
  fillNormal(deriveKey(seed, 'noise', 0), filled.normal);
  fillUniform(deriveKey(seed, 'noise', 1), filled.uniform);
  return {
    ...(normal > 0 && { normal: { shape: [draws, size * noise.normal], data: filled.normal } }),
    ...(uniform > 0 && { uniform: { shape: [draws, size * noise.uniform], data: filled.uniform } }),
  };
}

export function noiseOf({ normal, uniform }: Tensors): Noise {
  const present = (tensor: Tensor | undefined, name: string) => tensor && { [name]: tensor };
  return { ...present(normal, 'normal'), ...present(uniform, 'uniform') };
}
