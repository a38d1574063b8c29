import {
  decodingsOf,
  measureKey,
  type EvaluationReport,
  type MeasureSpec,
  type ScoreKind,
} from '../specification.ts';
import { createVae } from '../vae.ts';
import { BatchedFunctions } from './batches.ts';
import type { EvaluationInput, MeasureContext, Measured } from './measures/measure.ts';
import { takeMeasure } from './measures/measures.ts';
import { findScoreKind } from './score-kind.ts';
import { findWarnings } from './warnings.ts';

export interface EvaluationNews {
  readonly measure: string;
  /** Rows that the current measure has finished. */
  readonly rowsDone: number;
  readonly rows: number;
  /** Progress of all measures together, 0 to 1. */
  readonly share: number;
}

/** Called between batches. It may throw to end the evaluation. */
export type Tell = (news: EvaluationNews) => Promise<void>;

/** Takes the measures one after another. The result depends only on the input. */
export async function evaluate(
  input: EvaluationInput,
  measures: readonly MeasureSpec[],
  tell: Tell,
): Promise<{ readonly kind: ScoreKind; readonly report: Omit<EvaluationReport, 'protocol'> }> {
  const functions = new BatchedFunctions(input.runtime);
  const vae = createVae(input.model, input.rowShape);
  const { dataSize } = vae;
  const kind = await findScoreKind(input.model.likelihood, input.rows, dataSize);
  const work = new Work(measures, input.rows.count, tell);
  let report: Measured = {};
  try {
    for (const measure of measures) {
      const advance = work.begin(measure);
      const context: MeasureContext = { ...input, vae, dataSize, functions, kind, advance };
      report = mergeMeasured(report, await takeMeasure(context, measure));
    }
  } finally {
    await functions.dispose();
  }
  return { kind, report: { ...report, warnings: findWarnings(report, { ...input, kind }) } };
}

/** Progress of the measures, counted in passes through the decoder. */
class Work {
  readonly #rows: number;
  readonly #tell: Tell;
  readonly #total: number;
  #before = 0;

  constructor(measures: readonly MeasureSpec[], rows: number, tell: Tell) {
    this.#rows = rows;
    this.#tell = tell;
    this.#total = measures.reduce((sum, measure) => sum + decodingsOf(measure, rows), 0);
  }

  /** Call it when a measure begins; those before it count as done. */
  begin(measure: MeasureSpec): MeasureContext['advance'] {
    const [before, own] = [this.#before, decodingsOf(measure, this.#rows)];
    this.#before += own;
    let done = 0;
    return async (decodings) => {
      done = Math.min(own, done + decodings);
      await this.#tell({
        measure: measureKey(measure),
        rowsDone: Math.floor((done / own) * this.#rows),
        rows: this.#rows,
        share: (before + done) / this.#total,
      });
    };
  }
}

/** Estimates by several methods are collected in one list. */
function mergeMeasured(report: Measured, added: Measured): Measured {
  const estimates = [...(report.log_marginal_likelihood ?? []), ...(added.log_marginal_likelihood ?? [])];
  return { ...report, ...added, ...(estimates.length > 0 ? { log_marginal_likelihood: estimates } : {}) };
}
