import type { Static, TObject, TProperties } from 'typebox';
import type { SpecificationProblem } from '../problem.ts';
import type { ValueDomain } from './domain.ts';

/** Sizes of the networks' inputs and outputs for one row, and learned parameters outside the networks. */
export interface LikelihoodSizes {
  /** Encoder inputs. */
  readonly input: number;
  /** Decoder outputs. */
  readonly output: number;
  readonly extraShapes: Readonly<Record<string, readonly number[]>>;
}

export const sizes = (input: number, output: number): LikelihoodSizes => ({ input, output, extraShapes: {} });

/** One likelihood for all elements of a row. */
export interface RowRules<Spec> {
  /** The values that an element may have. */
  readonly domain: (spec: Spec) => ValueDomain;
  /** Name in messages. Default: the family. */
  readonly title?: (spec: Spec) => string;
  /** Default: one encoder input and one decoder output per element. */
  readonly sizes?: (spec: Spec, dataSize: number) => LikelihoodSizes;
  /** Problems of fields with each other and with the size of a row; pointers are inside the likelihood, e.g. `/groups`. */
  readonly problems?: (spec: Spec, dataSize: number) => SpecificationProblem[];
  /** Number of different words that an element may have. Default: 0. */
  readonly codes?: number;
  /** Sizes of one-hot groups: at most one element of each is 1, which only a pass over the rows can check. */
  readonly oneHotGroups?: (spec: Spec) => readonly number[];
}

/** The likelihood of one column of a table (`mixed`). */
export interface ColumnRules<Spec> {
  readonly domain: (spec: Spec) => ValueDomain;
  readonly sizes: (spec: Spec) => Pick<LikelihoodSizes, 'input' | 'output'>;
  /** Number of codes; each may have a word as its label. Default: none, values are numbers. */
  readonly codes?: (spec: Spec) => number;
  /** Statistics of the training rows needed besides mean and variance: mean and variance of log x, or shares of codes. */
  readonly statistics?: 'log_moments' | 'frequencies';
}

/** The fields of one form, and rules that read them. */
export interface Form<Rules, Fields extends TProperties = TProperties> {
  readonly fields: Fields;
  readonly rules: Rules;
}

export const describeRows = <const Fields extends TProperties>(
  fields: Fields,
  rules: RowRules<Static<TObject<Fields>>>,
) => ({ fields, rules });

export const describeColumn = <const Fields extends TProperties>(
  fields: Fields,
  rules: ColumnRules<Static<TObject<Fields>>>,
) => ({ fields, rules });

/** Facts about a likelihood that need no tensors. Its mathematics: src/model/distributions/likelihoods/<name>.ts. */
export interface LikelihoodDescription {
  /** Whether log p of one value is a log density or a log probability. */
  readonly measure: 'density' | 'probability';
  /** Values are probabilities of a 1: they can be binarized, and log p of values other than 0 and 1 is only a score. */
  readonly ofBits?: true;
  /** Draws are counts, which are no cheap function of noise: the model outputs their rates (evaluation/counts.ts). */
  readonly ofCounts?: true;
  /** null: not available for whole rows. */
  readonly row: Form<RowRules<never>> | null;
  /** null: not available for columns. */
  readonly column: Form<ColumnRules<never>> | null;
}
