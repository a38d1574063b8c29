import { decodingsOf, measureKey, type EvaluationReport, type MeasureSpec, type ScoreKind } from '../spec.ts';
import { createVae } from '../vae.ts';
import { BatchedFunctions } from './batches.ts';
import type { EvaluationInput, MeasureContext } from './measures/measure.ts';
import { measured } from './measures/measures.ts';
import { scoreKind } from './score-kind.ts';

export interface EvaluationNews {
  readonly measure: string;
  /** Of the measure, in rows. */
  readonly rowsDone: number;
  readonly rows: number;
  /** Of all measures: 0 to 1. */
  readonly share: number;
}

/** Told between batches; it may throw to end the evaluation. */
export type Tell = (news: EvaluationNews) => Promise<void>;

export interface Evaluated {
  readonly kind: ScoreKind;
  readonly report: Omit<EvaluationReport, 'protocol'>;
}

/** Takes the measures one after another: what it gives depends on nothing but its input. */
export async function evaluate(
  input: EvaluationInput,
  measures: readonly MeasureSpec[],
  tell: Tell,
): Promise<Evaluated> {
  const functions = new BatchedFunctions(input.runtime);
  const vae = createVae(input.model, input.dataSize);
  const kind = scoreKind(input.model.likelihood, input.rows);
  const { count } = input.rows;
  const work = measures.map((measure) => decodingsOf(measure, count));
  const total = work.reduce((sum, own) => sum + own, 0);
  let report: Omit<EvaluationReport, 'protocol'> = { warnings: [] };
  let before = 0;
  try {
    for (const [i, measure] of measures.entries()) {
      const own = work[i] ?? 0;
      let done = 0;
      const advance = async (decodings: number): Promise<void> => {
        done = Math.min(own, done + decodings);
        const rowsDone = Math.floor((done / own) * count);
        await tell({ measure: measureKey(measure), rowsDone, rows: count, share: (before + done) / total });
      };
      const context: MeasureContext = { ...input, vae, functions, kind, advance };
      report = joined(report, await measured(context, measure));
      before += own;
    }
  } finally {
    await functions.dispose();
  }
  return { kind, report };
}

/** The estimates of several methods stand side by side. */
function joined(
  report: Omit<EvaluationReport, 'protocol'>,
  added: Partial<EvaluationReport>,
): Omit<EvaluationReport, 'protocol'> {
  const estimates = [...(report.log_marginal_likelihood ?? []), ...(added.log_marginal_likelihood ?? [])];
  return {
    ...report,
    ...added,
    ...(estimates.length > 0 ? { log_marginal_likelihood: estimates } : {}),
    warnings: [...report.warnings, ...(added.warnings ?? [])],
  };
}
