/** Why a specification is refused: the field (`pointer`), what it contains and what is allowed. */
export interface SpecificationProblem {
  readonly pointer: string;
  readonly found: string;
  readonly allowed: string;
}
