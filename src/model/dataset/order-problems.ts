import { combinationProblems } from '../specification/combinations.ts';
import { evaluationCombinationProblems } from '../specification/evaluation-combinations.ts';
import type { EvaluationSpec } from '../specification/evaluation.ts';
import {
  isShared,
  likelihoodProblems,
  sharedDomain,
  type LikelihoodSpec,
} from '../specification/likelihood.ts';
import type { ModelSpec } from '../specification/model.ts';
import type { SpecificationProblem } from '../specification/problem.ts';
import { sizeProblems } from '../specification/sizes.ts';
import type { SplitRule } from '../specification/split.ts';
import type { TrainingSpec } from '../specification/training.ts';
import type { TableSchema } from '../table.ts';
import { fitProblems, TOLERANCE } from './fit.ts';
import type { DatasetProfile } from './profile.ts';
import { countRows, listFilledParts, resolvePart, UNTRAINED, type PartSizes } from './split.ts';
import { findTestRowProblem, type TestProfile } from './test-rows.ts';

/** The parts of a data set's record that the checks read. */
export interface KnownDataset {
  readonly id: string;
  readonly rows: number;
  readonly test_rows: number;
  readonly row_shape: readonly number[];
  readonly data_size: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly header?: boolean | null;
  readonly table: TableSchema | null;
  readonly profile: DatasetProfile | null;
  readonly test_profile: TestProfile | null;
}

export interface TrainingPlan {
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
}

type Check = (plan: TrainingPlan, dataset: KnownDataset) => readonly SpecificationProblem[];

const countTrainingRows = (dataset: KnownDataset, training: TrainingSpec): number =>
  countRows(dataset, training, 'separate').train;

const checkCombinations: Check = ({ model, training }) => combinationProblems(model, training).slice(0, 1);

const checkRows: Check = ({ training }, dataset) => {
  const rows = countTrainingRows(dataset, training);
  if (rows >= 1) return [];
  const found = `${rows} training rows (${dataset.rows} rows, ${dataset.test_rows} of them test rows) in ${dataset.id}`;
  return [{ pointer: '/dataset_id', found, allowed: 'a data set with at least 1 training row' }];
};

const checkBudget: Check = ({ training: { epochs, steps } }) => {
  if (steps === undefined || epochs === undefined) return [];
  const found = `${steps} as well as ${epochs} epochs`;
  return [{ pointer: '/training/steps', found, allowed: 'either steps or epochs' }];
};

const checkMinibatch: Check = ({ training }, dataset) => {
  const rows = countTrainingRows(dataset, training);
  const size = training.minibatch_size;
  if (size === undefined || rows < 1 || size <= rows) return [];
  const allowed = `1 to ${rows}, the training rows of ${dataset.id}`;
  return [{ pointer: '/training/minibatch_size', found: String(size), allowed }];
};

/** Without validation rows there is no bound, and every epoch would count as one without a better bound. */
const checkStopping: Check = ({ training }, dataset) => {
  if (!training.early_stopping || countRows(dataset, training, 'separate').validation > 0) return [];
  const found = `early stopping without validation rows (validation_fraction ${training.validation_fraction} of ${dataset.id})`;
  return [
    {
      pointer: '/training/early_stopping',
      found,
      allowed: 'a validation_fraction that gives at least 1 row',
    },
  ];
};

const checkLikelihood: Check = ({ model }, dataset) =>
  likelihoodProblems(model.likelihood, dataset.data_size).slice(0, 1).map(insideLikelihood);

const checkValues: Check = ({ model }, dataset) =>
  valueProblems(model.likelihood, dataset).map(insideLikelihood);

const checkWatching: Check = ({ model, training }, { id, test_rows: testRows, test_profile: known }) => {
  if (training.watch_test_rows !== true) return [];
  const strange = findTestRowProblem(model.likelihood, known);
  if (testRows > 0 && strange === null) return [];
  const why = testRows === 0 ? 'which has no test rows' : `whose test rows have ${strange}`;
  const found = `true for ${id}, ${why}`;
  return [{ pointer: '/training/watch_test_rows', found, allowed: 'false' }];
};

const checkSizes: Check = ({ model, training }, dataset) =>
  sizeProblems(model, training, {
    rowShape: dataset.row_shape,
    trainRows: countTrainingRows(dataset, training),
  });

const TRAINING_CHECKS: readonly Check[] = [
  checkCombinations,
  checkRows,
  checkBudget,
  checkMinibatch,
  checkStopping,
  checkLikelihood,
  checkValues,
  checkWatching,
  checkSizes,
];

/** Why this model cannot be trained in this way on this data set. Pointers are inside the job. */
export function trainingProblems(plan: TrainingPlan, dataset: KnownDataset): SpecificationProblem[] {
  return TRAINING_CHECKS.flatMap((check) => check(plan, dataset));
}

/** Values that the likelihood does not explain. Without a profile, only their range is known. */
function valueProblems(
  likelihood: LikelihoodSpec,
  { id, profile, header, minimum, maximum }: KnownDataset,
): SpecificationProblem[] {
  if (profile !== null) return fitProblems(likelihood, { profile, named: header === true });
  if (!isShared(likelihood)) return [];
  const { low, high, allowed } = sharedDomain(likelihood);
  if (minimum >= low - TOLERANCE && maximum <= high + TOLERANCE) return [];
  return [{ pointer: '', found: `values from ${minimum} to ${maximum} in ${id}`, allowed }];
}

function insideLikelihood(problem: SpecificationProblem): SpecificationProblem {
  return { ...problem, pointer: `/model/likelihood${problem.pointer}` };
}

/** The parts of a model's record that the checks read. */
export interface KnownModel extends TrainingPlan {
  readonly dataset_id: string;
  readonly data_size: number;
  readonly row_shape: readonly number[];
  readonly split: SplitRule;
}

/** Sizes of the parts as the model's training split its data set; of any other data set only the test rows are known. */
function countKnownParts(model: KnownModel, dataset: KnownDataset): PartSizes {
  return dataset.id === model.dataset_id
    ? countRows(dataset, model.training, model.split)
    : countRows(dataset, UNTRAINED, 'separate');
}

/** Counts the rows that the worker selects. */
export function countEvaluatedRows(
  { rows, limit }: EvaluationSpec,
  model: KnownModel,
  dataset: KnownDataset,
): number {
  const sizes = countKnownParts(model, dataset);
  return Math.min(sizes[resolvePart(rows, sizes)], limit ?? Infinity);
}

/** A model's likelihood may not explain the test rows of its own training data. */
function checkEvaluatedTestRows(
  { rows }: EvaluationSpec,
  { model }: KnownModel,
  dataset: KnownDataset,
): SpecificationProblem[] {
  const part = resolvePart(rows, { test: dataset.test_rows });
  if (part !== 'test' && part !== 'all') return [];
  const strange = findTestRowProblem(model.likelihood, dataset.test_profile);
  if (strange === null) return [];
  const found = `test rows with ${strange}, which the likelihood does not explain`;
  return [{ pointer: '/rows', found, allowed: 'validation, train' }];
}

/** Why a model cannot be evaluated in this way on this data set. Pointers are inside the job. */
export function evaluationProblems(
  evaluation: EvaluationSpec,
  known: KnownModel,
  dataset: KnownDataset,
): SpecificationProblem[] {
  const { model, training } = known;
  const rows = countEvaluatedRows(evaluation, known, dataset);
  const size = {
    pointer: '/dataset_id',
    found: `rows of ${dataset.data_size} values in ${dataset.id}`,
    allowed: String(known.data_size),
  };
  const none = {
    pointer: '/rows',
    found: `no ${evaluation.rows} rows in ${dataset.id}`,
    allowed: listFilledParts(countKnownParts(known, dataset)).join(', '),
  };
  // If many columns do not fit, the first one is enough.
  const values = valueProblems(model.likelihood, dataset).slice(0, 1);
  return [
    ...(dataset.data_size === known.data_size ? [] : [size]),
    ...(rows > 0 ? [] : [none]),
    ...values.map((problem) => ({ ...problem, pointer: '/dataset_id' })),
    ...checkEvaluatedTestRows(evaluation, known, dataset),
    ...evaluationCombinationProblems({ evaluation, model, training, rowShape: known.row_shape, rows }),
  ];
}
