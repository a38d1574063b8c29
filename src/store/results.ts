import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import { formatIdPattern } from '../ids.ts';
import type { StoreDriver } from './driver.ts';
import { openOutput } from './formats/output/output.ts';
import { encodeRecord, readRecord } from './records/record-blob.ts';
import {
  partFormat,
  planFormat,
  resultFormat,
  type ResultPart,
  type ResultPlan,
  type ResultRecord,
} from './records/result-record.ts';

export type { ResultPart, ResultPlan, ResultRecord };

/** A part as it is made: rows in their order. */
export interface MadePart {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly badRows: number;
  readonly note: string | null;
}

/** Bytes first to last of a file, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Files that jobs write, part by part. They exist once all parts do. */
export interface ResultStore {
  /** The plan of the job: the one that is there, otherwise this one. */
  plan(jobId: string, make: () => Promise<ResultPlan>): Promise<ResultPlan>;
  /** Errors: result_not_found. */
  readPlan(jobId: string): Promise<ResultPlan>;
  /** Replaces a part of the same number, which has the same bytes. Errors: store_full. */
  savePart(jobId: string, part: number, content: MadePart): Promise<void>;
  /** Numbers of the parts that are there. */
  listParts(jobId: string): Promise<number[]>;
  readPart(jobId: string, part: number): Promise<ResultPart | null>;
  /** Makes one file of the parts, which all have to be there. */
  finish(jobId: string): Promise<ResultRecord>;
  /** Errors: result_not_found, id_invalid. */
  get(jobId: string): Promise<ResultRecord>;
  /** The file, or a part of it. Errors: blob_corrupt. */
  read(jobId: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  remove(jobId: string): Promise<void>;
}

export const RESULTS = 'results';
const ID = new RegExp(formatIdPattern('job'));
const PART = /^part-(\d{6})\.json$/;
const READ_BYTES = 256 * 1024;

export function createResultStore(driver: StoreDriver): ResultStore {
  const keyOf = (id: string, name: string): string => `${folderOf(id)}/${name}`;
  const readPlan = async (id: string) => {
    const found = await readRecord(driver, keyOf(id, 'plan.json'), planFormat);
    if (found === null) throw AppError.of('result_not_found', { id });
    return found;
  };
  const readPart = (id: string, part: number) =>
    readRecord(driver, keyOf(id, `${nameOf(part)}.json`), partFormat);
  const get = async (id: string) => {
    const found = await readRecord(driver, keyOf(id, 'result.json'), resultFormat);
    if (found === null) throw AppError.of('result_not_found', { id });
    return found;
  };
  return {
    readPlan,
    readPart,
    get,
    plan: async (id, make) => {
      const key = keyOf(id, 'plan.json');
      const known = await readRecord(driver, key, planFormat);
      if (known !== null) return known;
      const plan = await make();
      await driver.write(key, encodeRecord(planFormat, plan));
      return plan;
    },
    savePart: async (id, part, { bytes, rows, badRows, note }) => {
      const name = nameOf(part);
      const { sha256, bytes: size } = await driver.write(keyOf(id, name), bytes);
      const record = { rows, bad_rows: badRows, bytes: size, sha256, note };
      await driver.write(keyOf(id, `${name}.json`), encodeRecord(partFormat, record));
    },
    listParts: async (id) =>
      (await driver.list(folderOf(id))).flatMap((name) => {
        const number = PART.exec(name)?.[1];
        return number === undefined ? [] : [Number(number)];
      }),
    finish: async (id) => {
      const plan = await readPlan(id);
      const parts: ResultPart[] = [];
      for (let part = 0; part < countResultParts(plan); part++) {
        const record = await readPart(id, part);
        if (record === null) throw new RangeError(`part ${part} of the result of ${id} is missing`);
        parts.push(record);
      }
      const output = openOutput(plan.format, plan.columns);
      const [head, tail] = [output.head(plan.rows), output.tail(parts)];
      await driver.write(keyOf(id, 'head'), head);
      await driver.write(keyOf(id, 'tail'), tail);
      const pieces = [
        { name: 'head', bytes: head.length },
        ...parts.map(({ bytes }, part) => ({ name: nameOf(part), bytes })),
        { name: 'tail', bytes: tail.length },
      ];
      const sums = [hash(head), ...parts.map(({ sha256 }) => sha256), hash(tail)];
      const record: ResultRecord = {
        format: plan.format,
        rows: sum(parts.map(({ rows }) => rows)),
        bad_rows: sum(parts.map(({ bad_rows }) => bad_rows)),
        bytes: sum(pieces.map(({ bytes }) => bytes)),
        sha256: hash(Buffer.from(sums.join(''))),
        pieces,
      };
      await driver.write(keyOf(id, 'result.json'), encodeRecord(resultFormat, record));
      return record;
    },
    async *read(id, range) {
      const { pieces, bytes } = await get(id);
      const { first, last } = range ?? { first: 0, last: bytes - 1 };
      let start = 0;
      for (const piece of pieces) {
        const [from, to] = [Math.max(0, first - start), Math.min(piece.bytes, last + 1 - start)];
        if (from < to) yield* readPiece(driver, keyOf(id, piece.name), from, to);
        start += piece.bytes;
      }
    },
    remove: (id) => driver.remove(folderOf(id)),
  };
}

export const countResultParts = ({
  rows,
  part_rows: partRows,
}: Pick<ResultPlan, 'rows' | 'part_rows'>): number => Math.ceil(rows / partRows);

/** Errors: id_invalid. */
function folderOf(id: string): string {
  if (!ID.test(id)) throw AppError.of('id_invalid', { id: JSON.stringify(id.slice(0, 64)) });
  return `${RESULTS}/${id}`;
}

const nameOf = (part: number): string => `part-${String(part).padStart(6, '0')}`;
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

async function* readPiece(
  driver: StoreDriver,
  key: string,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array> {
  const blob = await driver.open(key);
  try {
    for (let at = from; at < to; at += READ_BYTES) {
      const piece = new Uint8Array(Math.min(READ_BYTES, to - at));
      await blob.read(piece, at);
      yield piece;
    }
  } finally {
    await blob.close();
  }
}
