/**
 * Stores bytes. Keys are `/`-joined names of [A-Za-z0-9._-]+ (no leading dot), made by the store, never by a client.
 * Each driver passes test/store/driver-contract.ts. Methods that write throw store_full if there is no room left.
 */
export interface StoreDriver {
  /** All bytes of one blob. Errors: blob_not_found. */
  read(key: string): Promise<Buffer>;
  /**
   * Writes or replaces a blob atomically: a reader sees all of it or none, even if the process dies.
   * If the source throws, nothing is stored.
   */
  write(
    key: string,
    source: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<{ sha256: string; bytes: number }>;
  /** Adds a line to a text blob, and creates the blob if there is none. */
  append(key: string, line: string): Promise<void>;
  /**
   * Changes whenever a blob is replaced, or a folder gains, loses or replaces a blob directly below it; null if nothing is there.
   * Costs less than reading. Two calls may differ although nothing has changed.
   */
  version(key: string): Promise<string | null>;
  /** Names directly below a prefix (blobs and folders), sorted; [] if there are none. */
  list(prefix: string): Promise<string[]>;
  /** Removes everything below a prefix, or the one blob. Does nothing if nothing is there. */
  remove(prefix: string): Promise<void>;
  /** Opens a blob for reading at any offset. Errors: blob_not_found. */
  open(key: string): Promise<RandomAccess>;
}

export interface RandomAccess {
  readonly bytes: number;
  /** Fills `target` with the bytes from `offset` on. Errors: blob_corrupt if the blob ends before. */
  read(target: Uint8Array, offset: number): Promise<void>;
  /** Fills `target` with pieces of `length` bytes at these offsets, not in the calling thread. Errors: as read. */
  readPieces?(target: Uint8Array, offsets: Float64Array, length: number): Promise<void>;
  close(): Promise<void>;
}
