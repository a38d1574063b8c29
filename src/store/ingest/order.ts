import type { DatasetUpload } from '../datasets.ts';
import type { UploadLimits } from '../formats/limits.ts';

/** A data set to be made from the bytes that are stored as its source. Plain data: it crosses to a thread. */
export interface IngestOrder {
  readonly id: string;
  /** Of the stored source. */
  readonly source: { readonly sha256: string; readonly bytes: number };
  readonly upload: DatasetUpload;
  readonly limits: UploadLimits;
}

/**
 * Reads the stored source, checks it, and writes the rows and, last, dataset.json. Errors: data_invalid, too_large,
 * validation_failed, upload_too_slow; the reason of the signal if it aborts.
 */
export type Ingest = (order: IngestOrder, signal?: AbortSignal) => Promise<void>;
