/** A file that was written. */
export interface Written {
  readonly path: string;
  /** What is in it. */
  readonly what: string;
}
