/** What is known of data without tensors: looked at on upload (store), reported and checked against jobs (api, worker). */

export { fitProblems, TOLERANCE, addColumnFacts, type KnownColumns } from './dataset/fit.ts';
export { flagOf, isFlag } from './dataset/labels.ts';
export { summarizeColumns, type ColumnStatistics } from './dataset/column-statistics.ts';
export { columnName } from './dataset/described-features.ts';
export {
  DatasetProfile,
  isPerColumn,
  profiler,
  type ColumnNames,
  type ColumnProfile,
  type Profiler,
} from './dataset/profile.ts';
export {
  countEvaluatedRows,
  evaluationProblems,
  type KnownDataset,
  type KnownModel,
  type TrainingPlan,
} from './dataset/order-problems.ts';
export { planTraining } from './dataset/plan.ts';
export { isTable } from './dataset/table-defaults.ts';
export { propose, type Proposal } from './dataset/proposal.ts';
export { findInfluences, type Making } from './dataset/influence.ts';
export { needsRowCheck, createRowCheck, type RowProblem } from './dataset/row-check.ts';
export {
  countRows,
  listFilledParts,
  resolvePart,
  selectRows,
  countParts,
  splitRows,
  UNTRAINED,
  type PartSizes,
  type Split,
} from './dataset/split.ts';
export {
  findTestRowProblem,
  summarizeTestRows,
  TestProfile,
  warnOfSharedProfile,
  warnOfTestRows,
} from './dataset/test-rows.ts';
export { createTableOfColumns, findTable } from './dataset/table-of-columns.ts';
export {
  createCellReader,
  createFeatureCheck,
  type CellReader,
  type FeatureCheck,
} from './dataset/cell-reader.ts';
export {
  chooseColumns,
  describeTaskColumns,
  listColumns,
  taskProblems,
  type TaskOrder,
} from './dataset/task-columns.ts';
export { fillMissing } from './dataset/fill.ts';
export { shareStrangeness, toPercentile, toPValue } from './dataset/ranks.ts';
export { createTableProfiler } from './dataset/table-profile.ts';
export { warningsFor } from './dataset/warnings.ts';
