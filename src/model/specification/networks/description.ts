import type { Static, TObject, TProperties } from 'typebox';

export type Shape = readonly number[];

/** Shapes of parameters by name. */
export type Shapes = Readonly<Record<string, Shape>>;

/** Shapes of a network's input and output for one row, without the axis of rows. */
export interface NetworkEnds {
  readonly input: Shape;
  readonly output: Shape;
}

export interface NetworkRules<Spec> {
  /**
   * Parameters by name. The last layer has an `output.bias` with one number per output, which sets a decoder's initial
   * output. Names of weights end in `.weight`; their last axis is the outputs.
   */
  readonly shapes: (spec: Spec, ends: NetworkEnds) => Shapes;
  /** Number of values that the layers hold for one row, input and output included: training needs memory for them. */
  readonly countUnits: (spec: Spec, ends: NetworkEnds) => number;
}

/** Facts about a network that need no tensors. Its mathematics: src/model/networks/<name>.ts. */
export interface NetworkDescription<Fields extends TProperties = TProperties, Spec = never> {
  readonly fields: Fields;
  readonly rules: NetworkRules<Spec>;
}

export const describeNetwork = <const Fields extends TProperties>(
  fields: Fields,
  rules: NetworkRules<Static<TObject<Fields>>>,
) => ({ fields, rules });

export const countValues = (shape: Shape): number => shape.reduce((size, extent) => size * extent, 1);
