import { AppError } from '../errors.ts';
import type { AnyArray, Matrix } from './arrays.ts';
import { concatenate, joinRows, readShare, type OutputArrays } from './batch-rows.ts';
import { findBatchRule } from './batch-rules.ts';
import type { InferAnswer, InferOrder, Operation, RowOperation } from './operations.ts';
import type { Infer } from './queues.ts';

export interface BatcherOptions {
  readonly infer: Infer;
  /** Runs of one kind that may be under way at a time. */
  readonly atOnce: number;
  /** How long a run waits for company. With 0 it takes those who are there. */
  readonly delayMs: number;
}

type RowOrder = InferOrder<RowOperation>;
type RowAnswer = InferAnswer<RowOperation>;

interface Settle {
  readonly resolve: (answer: RowAnswer) => void;
  readonly reject: (error: unknown) => void;
  /** Runs the request by itself. */
  readonly again: () => Promise<void>;
}

/** A request that waits for the runs of its rows. */
interface Waiting {
  readonly rows: Matrix;
  readonly arrivedAt: number;
  readonly expiresAt: number;
  readonly signal: AbortSignal | undefined;
  readonly settle: Settle;
  /** Rows that have been sent. */
  sent: number;
  /** Rows whose results are here. */
  received: number;
  sentAt: number | null;
  readonly answers: { readonly first: number; readonly answer: RowAnswer }[];
  ended: boolean;
}

/** Rows of one request in a run. */
interface Share {
  readonly of: Waiting;
  readonly first: number;
  readonly count: number;
}

/** Requests that may share runs. */
interface Lane {
  readonly key: string;
  /** What all requests have in common: without rows, which would stay in memory. */
  readonly order: Omit<RowOrder, 'input' | 'signal' | 'timeoutMs'>;
  readonly input: Readonly<Record<string, unknown>>;
  readonly mostRows: number;
  readonly shared: readonly string[];
  waiting: Waiting[];
  running: number;
  scheduled: boolean;
}

/**
 * Lets requests for the same model, checkpoint and operation share runs: whoever is there goes along, and others gather while
 * runs are under way. Large requests are cut, and take turns with the others.
 */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #lanes = new Map<string, Lane>();

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  readonly infer: Infer = async <Name extends Operation>(
    order: InferOrder<Name>,
  ): Promise<InferAnswer<Name>> => {
    const rule = findBatchRule(order.operation, order.input);
    if (rule === null) return this.#options.infer(order);
    // The rule belongs to the operation, which therefore has rows.
    const answer = await this.#join(order as unknown as RowOrder, rule);
    return answer as unknown as InferAnswer<Name>;
  };

  #join(order: RowOrder, { mostRows, shared }: Pick<Lane, 'mostRows' | 'shared'>): Promise<RowAnswer> {
    const { rows, ...input } = order.input;
    const { modelId, checkpoint, operation } = order;
    const key = JSON.stringify([modelId, checkpoint, operation, input, rows.shape[1]]);
    const lane: Lane = this.#lanes.get(key) ?? {
      key,
      order: { modelId, checkpoint, operation },
      input,
      mostRows,
      shared,
      waiting: [],
      running: 0,
      scheduled: false,
    };
    this.#lanes.set(key, lane);
    return new Promise((resolve, reject) => {
      const now = performance.now();
      lane.waiting.push({
        rows,
        arrivedAt: now,
        expiresAt: now + order.timeoutMs,
        signal: order.signal,
        settle: {
          resolve,
          reject,
          again: () => this.#options.infer(order).then(resolve, reject),
        },
        sent: 0,
        received: 0,
        sentAt: null,
        answers: [],
        ended: false,
      });
      this.#schedule(lane);
    });
  }

  #schedule(lane: Lane): void {
    if (lane.scheduled || lane.waiting.length === 0) return;
    if (lane.running >= this.#options.atOnce) return;
    lane.scheduled = true;
    const start = (): void => {
      lane.scheduled = false;
      this.#start(lane);
    };
    // Requests that have arrived together are read one after another: the first should not go alone.
    if (this.#options.delayMs > 0) setTimeout(start, this.#options.delayMs);
    else setImmediate(start);
  }

  #start(lane: Lane): void {
    const shares = takeShares(lane);
    if (shares.length > 0) {
      lane.running++;
      void this.#run(lane, shares).finally(() => {
        lane.running--;
        this.#goOn(lane);
      });
    }
    this.#goOn(lane);
  }

  #goOn(lane: Lane): void {
    this.#schedule(lane);
    if (lane.running === 0 && lane.waiting.length === 0) this.#lanes.delete(lane.key);
  }

  async #run(lane: Lane, shares: readonly Share[]): Promise<void> {
    const rows = joinRows(shares.map(({ of, first, count }) => ({ rows: of.rows, first, count })));
    const now = performance.now();
    for (const { of } of shares) of.sentAt ??= now;
    const timeoutMs = Math.max(1, ...shares.map(({ of }) => of.expiresAt - now));
    try {
      // The fields come from an order of this operation.
      const order = { ...lane.order, input: { ...lane.input, rows }, timeoutMs } as unknown as RowOrder;
      const answer = await this.#options.infer<RowOperation>(order);
      let start = 0;
      for (const { of, first, count } of shares) {
        const isWhole = shares.length === 1;
        const output = isWhole ? answer.output : readShare(answer.output, start, count, lane.shared);
        receive(of, { ...answer, output, batchRows: rows.shape[0] } as RowAnswer, first, count, lane.shared);
        start += count;
      }
    } catch (error) {
      const isShared = shares.length > 1 && hasDied(error);
      for (const { of } of shares) {
        if (of.ended) continue;
        of.ended = true;
        // One of them may be what ended the process. One after another, the others do not suffer for it.
        if (isShared) await of.settle.again();
        else of.settle.reject(error);
      }
    }
  }
}

/** The rows of the next run. Each request gets its turn: what is left of it waits behind the others. */
function takeShares(lane: Lane): Share[] {
  const shares: Share[] = [];
  const left: Waiting[] = [];
  const now = performance.now();
  let room = lane.mostRows;
  while (room > 0) {
    const of = lane.waiting.shift();
    if (of === undefined) break;
    if (of.ended) continue;
    if (of.signal?.aborted) {
      const reason: unknown = of.signal.reason;
      end(of, () => {
        of.settle.reject(reason);
      });
      continue;
    }
    if (of.expiresAt <= now) {
      const seconds = (of.expiresAt - of.arrivedAt) / 1000;
      end(of, () => {
        of.settle.reject(AppError.of('inference_timeout', { seconds }));
      });
      continue;
    }
    const count = Math.min(room, of.rows.shape[0] - of.sent);
    shares.push({ of, first: of.sent, count });
    of.sent += count;
    room -= count;
    if (of.sent < of.rows.shape[0]) left.push(of);
  }
  lane.waiting.push(...left);
  return shares;
}

function receive(
  of: Waiting,
  answer: RowAnswer,
  first: number,
  count: number,
  shared: readonly string[],
): void {
  of.answers.push({ first, answer });
  of.received += count;
  if (of.received < of.rows.shape[0]) return;
  end(of, () => {
    const joined = joinAnswers(of, shared);
    if (joined === null) {
      void of.settle.again();
      return;
    }
    const batchMs = (of.sentAt ?? of.arrivedAt) - of.arrivedAt;
    const queueMs = Math.max(0, performance.now() - of.arrivedAt - batchMs - joined.computeMs);
    of.settle.resolve({ ...joined, batchMs, queueMs });
  });
}

/** Null if not all parts come from one checkpoint. */
function joinAnswers({ answers, rows }: Waiting, shared: readonly string[]): RowAnswer | null {
  const sorted = answers.toSorted((a, b) => a.first - b.first);
  const [only] = sorted;
  if (only === undefined) throw new RangeError('a request without rows has no answer');
  if (sorted.length === 1) return only.answer;
  const { step, digest } = only.answer;
  if (sorted.some(({ answer }) => answer.step !== step || answer.digest !== digest)) return null;
  const output = Object.fromEntries(
    Object.entries<AnyArray>(only.answer.output).map(([name, array]) => {
      if (shared.includes(name)) return [name, array];
      const parts = sorted.map(({ answer }) => (answer.output as OutputArrays)[name] as AnyArray);
      return [name, concatenate(parts, rows.shape[0])];
    }),
  );
  const computeMs = sorted.reduce((sum, { answer }) => sum + answer.computeMs, 0);
  return { ...only.answer, output: output as unknown as RowAnswer['output'], computeMs };
}

const hasDied = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'worker_process_died';

function end(of: Waiting, settle: () => void): void {
  if (of.ended) return;
  of.ended = true;
  settle();
}
