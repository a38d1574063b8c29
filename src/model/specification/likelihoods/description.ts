import type { Static, TObject, TProperties } from 'typebox';
import type { SpecificationProblem } from '../problem.ts';
import type { ValueDomain } from './domain.ts';

/** Numbers that the networks see and give for one row, and the parameters that are learned beside theirs. */
export interface LikelihoodSizes {
  /** What the encoder sees. */
  readonly input: number;
  /** What the decoder gives. */
  readonly output: number;
  readonly extraShapes: Readonly<Record<string, readonly number[]>>;
}

export const sizes = (input: number, output: number): LikelihoodSizes => ({ input, output, extraShapes: {} });

/** One likelihood for all elements of a row. */
export interface RowRules<Spec> {
  /** What every element may be. */
  readonly domain: (spec: Spec) => ValueDomain;
  /** How people are told of it. Default: its name. */
  readonly title?: (spec: Spec) => string;
  /** Default: one number for each element, to the encoder and from the decoder. */
  readonly sizes?: (spec: Spec, dataSize: number) => LikelihoodSizes;
  /** Fields against each other and against the size of a row; pointers are inside the likelihood, e.g. `/groups`. */
  readonly problems?: (spec: Spec, dataSize: number) => SpecificationProblem[];
  /** How many different words an element may be. Default: none. */
  readonly codes?: number;
  /** Sizes of groups of elements of which at most one is 1. Whether they are, only the rows themselves can tell. */
  readonly oneHotGroups?: (spec: Spec) => readonly number[];
}

/** The likelihood of one column of a table (`mixed`). */
export interface ColumnRules<Spec> {
  readonly domain: (spec: Spec) => ValueDomain;
  readonly sizes: (spec: Spec) => Pick<LikelihoodSizes, 'input' | 'output'>;
  /** How many codes, which may have words as labels, the values are. Default: none, they are numbers. */
  readonly codes?: (spec: Spec) => number;
  /** What it needs to know of the training rows besides their mean and variance: mean and variance of log x, or shares of codes. */
  readonly statistics?: 'log_moments' | 'frequencies';
}

/** The fields of one form, with rules that read them. */
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

/** What is known of a likelihood without tensors. Its mathematics: src/model/distributions/likelihoods/<name>.ts. */
export interface LikelihoodDescription {
  /** What log p of one value is. */
  readonly measure: 'density' | 'probability';
  /** Values are probabilities of a 1: they can be binarized, and log p is only a score where they are not 0 or 1. */
  readonly ofBits?: true;
  /** Draws are counts, which are no cheap function of noise: the model gives their rates (evaluation/counts.ts). */
  readonly ofCounts?: true;
  /** null: not offered for whole rows. */
  readonly row: Form<RowRules<never>> | null;
  /** null: not offered for columns. */
  readonly column: Form<ColumnRules<never>> | null;
}
