import { likelihoodSizes } from './likelihood.ts';
import { posteriorSize } from './latent.ts';
import { LIMITS } from './limits.ts';
import type { ModelSpec } from './model.ts';
import { countValues, type NetworkEnds, type Shape, type Shapes } from './networks/description.ts';
import { countUnits, networkShapes } from './networks/networks.ts';
import type { SpecificationProblem } from './problem.ts';
import { minibatchSizeOf, type TrainingSpec } from './training.ts';

/** Input and output shapes of encoder and decoder. */
export interface ModelEnds {
  readonly encoder: NetworkEnds;
  readonly decoder: NetworkEnds;
}

export function modelEnds(model: ModelSpec, rowShape: Shape): ModelEnds {
  const { input, output } = likelihoodSizes(model.likelihood, countValues(rowShape));
  const { posterior, latent_size: latentSize } = model;
  return {
    encoder: { input: shapeLike(rowShape, input), output: [posteriorSize(posterior, latentSize)] },
    decoder: { input: [latentSize], output: shapeLike(rowShape, output) },
  };
}

/** A shape for `count` numbers per row: the row's own, with a first axis if each element has several, otherwise flat. */
function shapeLike(rowShape: Shape, count: number): Shape {
  const each = count / countValues(rowShape);
  if (each === 1) return rowShape;
  return Number.isInteger(each) ? [each, ...rowShape] : [count];
}

/** Every learned parameter: names begin with `encoder.` (phi), `decoder.` (theta) or `prior.` (no prior has any yet). */
export function modelShapes(model: ModelSpec, rowShape: Shape): Shapes {
  const ends = modelEnds(model, rowShape);
  const { extraShapes } = likelihoodSizes(model.likelihood, countValues(rowShape));
  return {
    ...withPrefix(networkShapes(model.encoder, ends.encoder), 'encoder.'),
    ...withPrefix(networkShapes(model.decoder, ends.decoder), 'decoder.'),
    ...withPrefix(extraShapes, 'decoder.'),
  };
}

const withPrefix = (shapes: Shapes, prefix: string): Shapes =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]));

export function countParameters(model: ModelSpec, rowShape: Shape): number {
  return Object.values(modelShapes(model, rowShape)).reduce((sum, shape) => sum + countValues(shape), 0);
}

/** Problems of a model that is too large or whose steps need too much memory; pointers are inside the job. */
export function sizeProblems(
  model: ModelSpec,
  training: TrainingSpec,
  data: { readonly rowShape: Shape; readonly trainRows: number },
): SpecificationProblem[] {
  const dataSize = countValues(data.rowShape);
  const problems: SpecificationProblem[] = [];
  if (dataSize > LIMITS.dataSize) {
    const [found, allowed] = [`rows of ${dataSize} values`, `at most ${LIMITS.dataSize}`];
    problems.push({ pointer: '/dataset_id', found, allowed });
  }
  const parameters = countParameters(model, data.rowShape);
  if (parameters > LIMITS.parameters) {
    const found = `${parameters} parameters for rows of ${dataSize} values`;
    const allowed = `at most ${LIMITS.parameters}; lower hidden_sizes or latent_size`;
    problems.push({ pointer: '/model', found, allowed });
  }
  const step = stepProblem(model, training, data);
  return step ? [...problems, step] : problems;
}

function stepProblem(
  model: ModelSpec,
  training: TrainingSpec,
  { rowShape, trainRows }: { readonly rowShape: Shape; readonly trainRows: number },
): SpecificationProblem | null {
  const ends = modelEnds(model, rowShape);
  const rows = minibatchSizeOf(training, trainRows);
  const { samples_per_datapoint: samples } = training;
  const units = countUnits(model.encoder, ends.encoder) + countUnits(model.decoder, ends.decoder);
  const count = rows * samples * units;
  if (count <= LIMITS.activations) return null;
  const found = `${rows} rows * ${samples} samples * ${units} units = ${count} values per step`;
  const allowed = `at most ${LIMITS.activations}; lower minibatch_size, samples_per_datapoint or hidden_sizes`;
  return { pointer: '/training/minibatch_size', found, allowed };
}
