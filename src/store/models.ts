import type { FloorComparison, ModelSpec } from '../model/specification.ts';
import type { StoredArrays } from './arrays.ts';
import type { CalibrationContent } from './calibrations.ts';
import type { MetricsPage, MetricsSelection } from './metrics.ts';
import type { CheckpointRecord } from './records/checkpoint-record.ts';
import type { MetricsLine } from './records/metrics-line.ts';
import type { ModelRecord } from './records/model-record.ts';

export type { CalibrationContent, CheckpointRecord, MetricsLine, ModelRecord };

export interface CheckpointContent {
  readonly step: number;
  readonly epoch: number;
  readonly seed: number;
  readonly validationElbo: number | null;
  readonly parameters: StoredArrays;
  readonly optimizer: StoredArrays;
}

export type WhichCheckpoint = 'latest' | 'best' | number;

/** Called when a torn or altered checkpoint is skipped in favour of another. */
export type OnCorrupt = (event: { modelId: string; step: number; detail: string }) => void;

export interface ModelStore {
  create(record: ModelRecord): Promise<void>;
  /** Errors: model_not_found, id_invalid. */
  get(id: string): Promise<ModelRecord>;
  /** Changes whenever the record or a checkpoint of the model does. */
  stamp(id: string): Promise<string>;
  /** Replaces the specification of a model. Errors: model_not_found. */
  setSpecification(id: string, model: ModelSpec): Promise<void>;
  /** Writes how the trained model compares with floors. Errors: model_not_found. */
  setComparison(id: string, comparison: FloorComparison | null): Promise<void>;
  list(page: { limit: number; after?: string }): Promise<{ records: ModelRecord[]; hasMore: boolean }>;
  /** Errors: model_not_found. */
  remove(id: string): Promise<void>;

  appendMetrics(id: string, line: MetricsLine): Promise<void>;
  /** All lines by ascending step, each step once; see metrics.ts. */
  readMetrics(id: string): Promise<MetricsLine[]>;
  /** Some of them, in bounded memory. */
  listMetrics(id: string, query: MetricsSelection): Promise<MetricsPage>;
  /** Drops lines of steps after this one: a resumed run writes them again. */
  truncateMetrics(id: string, lastStep: number): Promise<void>;

  saveCheckpoint(id: string, content: CheckpointContent): Promise<CheckpointRecord>;
  /** Checkpoints whose checkpoint.json can be read, by ascending step; does not check the sums of files. */
  listCheckpoints(id: string): Promise<CheckpointRecord[]>;
  /**
   * Checkpoints in the order in which loadCheckpoint tries them. Reads one checkpoint.json at a time, and no other files.
   * Reports those it cannot read to onCorrupt.
   */
  listCandidates(id: string, which: WhichCheckpoint, onCorrupt?: OnCorrupt): AsyncIterable<CheckpointRecord>;
  /**
   * The checkpoint of a step, or the newest (or best by validation bound) good one. Checks sums; skips bad checkpoints and
   * reports them to onCorrupt. Null if there is none. With `optimizer: false` the optimizer's file is not read (and `{}`).
   */
  loadCheckpoint(
    id: string,
    which: WhichCheckpoint,
    options: { optimizer: boolean; onCorrupt?: OnCorrupt },
  ): Promise<CheckpointContent | null>;
  /** Stores the calibration of a checkpoint beside it, if it is still there; see calibrations.ts. */
  saveCalibration(id: string, checkpoint: CheckpointRecord, content: CalibrationContent): Promise<void>;
  /** Null if there is none by this version of the estimator. */
  loadCalibration(
    id: string,
    checkpoint: CheckpointRecord,
    estimator: number,
  ): Promise<CalibrationContent | null>;
  /** Removes all but the newest `keep` and the best one. */
  pruneCheckpoints(id: string, keep: number): Promise<void>;
}
