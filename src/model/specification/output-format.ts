/** Formats of files that the service writes. */
export const OUTPUT_FORMATS = ['csv', 'jsonl', 'npy', 'parquet'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** A column of such a file. text: also dates, and cells of several kinds. */
export interface OutputColumn {
  readonly name: string;
  readonly kind: 'number' | 'flag' | 'text';
}
