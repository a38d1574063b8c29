import { warnOfComparison } from '../../model/specification.ts';
import type { ModelRecord } from '../../store/models.ts';

/** The first fields of an answer that a model gave: which model and checkpoint, and what the caller should know about them. */
export function describeSource(
  { id, comparison }: Pick<ModelRecord, 'id' | 'comparison'>,
  step: number,
): { model_id: string; step: number; warnings?: string[] } {
  const warnings = warnOfComparison(comparison);
  return { model_id: id, step, ...(warnings.length > 0 && { warnings }) };
}
