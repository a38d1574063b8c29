/**
 * The specification of a model and its training. Every field has a default, except the names of tagged unions and facts of the
 * data (groups, columns): `{}` is the paper's MNIST model. Types describe the complete form, after validation with defaults
 * (src/validation.ts).
 */
export { Binarization, BINARIZATIONS, type BinarizationName } from './specification/binarization.ts';
export {
  canSample,
  ChosenLikelihood,
  isDensity,
  isShared,
  likelihoodProblems,
  likelihoodSizes,
  listRanges,
  needsStatistics,
  oneHotGroups,
  selectElements,
  sharedDomain,
  takesBinarization,
  valueDomain,
  type LikelihoodName,
  type LikelihoodOf,
  type LikelihoodSpec,
} from './specification/likelihood.ts';
export { combinationProblems } from './specification/combinations.ts';
export {
  isIndependent,
  posteriorSize,
  POSTERIOR_FAMILIES,
  PRIOR_FAMILIES,
  supportOf,
  type PosteriorFamily,
  type PosteriorSpec,
  type PriorSpec,
} from './specification/latent.ts';
export type { PriorFamily } from './specification/families/families.ts';
export { allowNull, closed, toPascalCase } from './specification/schema.ts';
export { countValues } from './specification/networks/description.ts';
export { LIKELIHOOD_LIMITS, LIMITS } from './specification/limits.ts';
export * from './specification/comparison.ts';
export * from './specification/evaluation.ts';
export * from './specification/evaluation-report.ts';
export { SCORE_DRAWS } from './specification/scoring.ts';
export * from './specification/split.ts';
export * from './specification/training.ts';
export type { OptimizerSpec } from './specification/optimizers.ts';
export { isInside, REAL, type ValueDomain } from './specification/likelihoods/domain.ts';
export type { ColumnSpec } from './specification/likelihoods/mixed.ts';
export { ModelOrder, ModelSpec } from './specification/model.ts';
export type { Shape, Shapes } from './specification/networks/description.ts';
export { ACTIVATIONS, type Activation } from './specification/networks/mlp.ts';
export type { NetworkName, NetworkOf, NetworkSpec } from './specification/networks/networks.ts';
export type { SpecificationProblem } from './specification/problem.ts';
export { countParameters, modelShapes, sizeProblems } from './specification/sizes.ts';
export { marginalProblem } from './specification/evaluation-combinations.ts';
export { OUTPUT_FORMATS, type OutputColumn, type OutputFormat } from './specification/output-format.ts';
export { countPasses, Task, TASK_NAMES, type TaskName, type TaskOf } from './specification/tasks.ts';
