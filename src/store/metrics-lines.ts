import { AppError } from '../errors.ts';
import { metricsFormat, type MetricsLine } from './records/metrics-line.ts';

/** The line, or null if a crash left only a part of it. */
export function parseMetricsLine(text: Buffer): MetricsLine | null {
  try {
    return metricsFormat.parse(JSON.parse(text.toString('utf8')));
  } catch (error) {
    if (error instanceof AppError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** How lines begin as the service writes them. */
const BEGINNING = /^\{"step":(\d+),"epoch":(\d+),/;
const BEGINNING_BYTES = 64;

/** Step and epoch of a line, or null if it cannot be read. Does not parse the whole line if it need not: files can be long. */
export function locateLine(text: Buffer): { readonly step: number; readonly epoch: number } | null {
  const match = BEGINNING.exec(text.toString('latin1', 0, BEGINNING_BYTES));
  return match === null ? parseMetricsLine(text) : { step: Number(match[1]), epoch: Number(match[2]) };
}

/** The lines of the `count` lowest steps among those offered in any order. */
export class FirstSteps {
  readonly #count: number;
  #lines = new Map<number, MetricsLine>();
  /** Higher steps are not among the lowest. */
  #highest = Infinity;

  constructor(count: number) {
    this.#count = count;
  }

  offer(step: number, text: Buffer): void {
    if (step > this.#highest) return;
    const line = parseMetricsLine(text);
    if (line === null) return;
    this.#lines.set(line.step, line);
    if (this.#lines.size >= 2 * this.#count) this.take();
  }

  /** By ascending step. */
  take(): MetricsLine[] {
    const lines = [...this.#lines.values()].sort((a, b) => a.step - b.step).slice(0, this.#count);
    this.#lines = new Map(lines.map((line) => [line.step, line]));
    if (lines.length === this.#count) this.#highest = lines.at(-1)?.step ?? Infinity;
    return lines;
  }
}

/** The line of the highest step among those offered in any order. */
export class LastStep {
  #line: MetricsLine | null = null;
  /** Parsed only in the end: while steps ascend, every line is the last one so far. */
  #waiting: { readonly step: number; readonly text: Buffer }[] = [];

  offer(step: number, text: Buffer): void {
    if (step < (this.#line?.step ?? 0)) return;
    this.#waiting.push({ step, text });
    if (this.#waiting.length === MOST_WAITING) this.take();
  }

  take(): MetricsLine | null {
    // Reversed, so that the line written last comes first among those of one step.
    for (const { text } of this.#waiting.toReversed().sort((a, b) => b.step - a.step)) {
      const line = parseMetricsLine(text);
      if (line === null) continue;
      this.#line = line;
      break;
    }
    this.#waiting = [];
    return this.#line;
  }
}

const MOST_WAITING = 64;
