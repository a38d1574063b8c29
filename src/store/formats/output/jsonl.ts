import type { OutputColumn } from '../../../model/specification.ts';
import { joinBytes, type FileWriter } from './writer.ts';

/** One JSON object for each row, by the names of the columns. */
export function jsonlOutput(columns: readonly OutputColumn[]): FileWriter {
  const keys = columns.map(({ name }) => JSON.stringify(name));
  const write = (row: readonly unknown[]): string =>
    `{${keys.map((key, i) => `${key}:${JSON.stringify(row[i] ?? null)}`).join(',')}}\n`;
  return {
    head: () => new Uint8Array(),
    openPiece: () => joinBytes((rows) => Buffer.from(rows.map(write).join(''))),
    tail: () => new Uint8Array(),
  };
}
