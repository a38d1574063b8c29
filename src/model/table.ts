/** Tables as people have them: cells, roles of columns, and how cells become features and come back. No tensors. */

export { createMissingTest, DEFAULT_MISSING_MARKS, describeCell, type Cell } from './table/cell.ts';
export { findCellKind } from './table/cell-kind.ts';
export { createCodeWriter, OTHER_CODE, OTHER_WORD } from './table/codes.ts';
export { createFeatureWriters, createRowDecoder, type RowDecoder } from './table/decode.ts';
export { shortenFloat32 } from './table/float32.ts';
export {
  createTableDetector,
  type DetectionSettings,
  type Detection,
  type TableDetector,
} from './table/detect/detector.ts';
export {
  createLabelEncoder,
  createRowEncoder,
  type CellProblem,
  type FeatureArray,
  type RowEncoder,
} from './table/encode.ts';
export {
  groupFeatures,
  isModelled,
  listFeatures,
  listModelledColumns,
  PART_LABELS,
  type Feature,
} from './table/features.ts';
export type { TableProblem } from './table/problem.ts';
export { ROLES, TableColumn, TableSchema, type ColumnWithRole, type Role } from './table/schema.ts';
