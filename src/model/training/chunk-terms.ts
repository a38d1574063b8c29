import type { FloatArrays } from '../runtime/runtime.ts';

/** Averages over the observed minibatches of a chunk, in nats per datapoint; null if the algorithm has no such term. */
export interface ChunkTerms {
  readonly observed: number;
  /** What is maximized. */
  readonly objective: number;
  readonly elbo: number | null;
  readonly logLikelihood: number | null;
  readonly klDivergence: number | null;
  /** The first observed step whose objective is not finite, if any. */
  readonly divergedAt: number | null;
}

export function summarize(outputs: FloatArrays, observe: readonly boolean[], first: number): ChunkTerms {
  const seen = observe.flatMap((observed, i) => (observed ? [i] : []));
  const values = (name: string) => seen.map((i) => outputs[name]?.data[i] ?? NaN);
  const mean = (name: string) => values(name).reduce((sum, value) => sum + value, 0) / seen.length;
  const meanOrNull = (name: string) => (name in outputs ? mean(name) : null);
  const broken = values('objective').findIndex((value) => !Number.isFinite(value));
  return {
    observed: seen.length,
    objective: mean('objective'),
    elbo: meanOrNull('elbo'),
    logLikelihood: meanOrNull('log_likelihood'),
    klDivergence: meanOrNull('kl_divergence'),
    divergedAt: broken < 0 ? null : first + (seen[broken] ?? 0),
  };
}
