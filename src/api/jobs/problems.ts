import { AppError } from '../../errors.ts';
import type { SpecificationProblem } from '../../model/specification.ts';

/** Turns a problem found by the rules about orders into a validation_failed error. */
export function createRefusal(what: string, problems: readonly SpecificationProblem[]): AppError {
  const details = problems.map(({ pointer, ...problem }) => ({ pointer, detail: describeProblem(problem) }));
  return AppError.of('validation_failed', { what }, { problems: details });
}

export function describeProblem({ found, allowed }: Omit<SpecificationProblem, 'pointer'>): string {
  return `found ${found}; allowed: ${allowed}`;
}
