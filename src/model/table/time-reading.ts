import type { ColumnWithRole, TimeUnit } from './schema.ts';

export type DateOrder = ColumnWithRole<'datetime'>['order'];

/** A datetime as text. */
export interface TimeReading {
  /** Since 1970-01-01T00:00:00 in the time zone of the text. */
  readonly seconds: number;
  /** The last unit that the text names. */
  readonly written: TimeUnit;
  /** Minutes ahead of UTC; null if the text names no zone. */
  readonly zone: number | null;
  /** The order that 31/1/2020 or 1/31/2020 proves; null if the text proves none, as 1/2/2020 and 2020-01-02. */
  readonly order: DateOrder | null;
}
