import type { Static, TObject, TProperties } from 'typebox';

export type Shape = readonly number[];

/** Shapes of parameters by name. */
export type Shapes = Readonly<Record<string, Shape>>;

/** What a network takes and gives for one row, without the axis of rows. */
export interface NetworkEnds {
  readonly input: Shape;
  readonly output: Shape;
}

export interface NetworkRules<Spec> {
  /**
   * Parameters by name. The last layer has an `output.bias` with a number for each number of the output: a decoder starts
   * from there. Weights end in `.weight`, with their outputs as the last axis.
   */
  readonly shapes: (spec: Spec, ends: NetworkEnds) => Shapes;
  /** Values that the layers hold for one row, input and output included: what training needs memory for. */
  readonly countUnits: (spec: Spec, ends: NetworkEnds) => number;
}

/** What is known of a network without tensors. Its mathematics: src/model/networks/<name>.ts. */
export interface NetworkDescription<Fields extends TProperties = TProperties, Spec = never> {
  readonly fields: Fields;
  readonly rules: NetworkRules<Spec>;
}

export const describeNetwork = <const Fields extends TProperties>(
  fields: Fields,
  rules: NetworkRules<Static<TObject<Fields>>>,
) => ({ fields, rules });

export const countValues = (shape: Shape): number => shape.reduce((size, extent) => size * extent, 1);
