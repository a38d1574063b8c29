import { AppError } from '../../errors.ts';
import type { SpecificationProblem } from '../../model/specification.ts';

/** Rules about orders tell what they found; this makes it an error of the service: validation_failed. */
export function createRefusal(what: string, problems: readonly SpecificationProblem[]): AppError {
  const details = problems.map(({ pointer, ...problem }) => ({ pointer, detail: describeProblem(problem) }));
  return AppError.of('validation_failed', { what }, { problems: details });
}

export function describeProblem({ found, allowed }: Omit<SpecificationProblem, 'pointer'>): string {
  return `found ${found}; allowed: ${allowed}`;
}
