/** Why a specification is refused: `pointer` is the field, what stands there and what may. */
export interface SpecificationProblem {
  readonly pointer: string;
  readonly found: string;
  readonly allowed: string;
}
