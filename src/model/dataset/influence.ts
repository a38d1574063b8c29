import type { Influence, SplitPart, SplitRule } from '../specification/split.ts';
import { trainsEncoder, type TrainingSpec } from '../specification/training.ts';

/** How a model was trained, and which of its checkpoints is used. */
export interface Making {
  readonly training: Pick<TrainingSpec, 'early_stopping' | 'algorithm'>;
  readonly rule: SplitRule;
  /** Whether the checkpoint is the best by validation bound. */
  readonly isBest: boolean;
}

/** What the rows of this part influenced in a training on their data set; empty if nothing. */
export function findInfluences(part: SplitPart, making: Making): Influence[] {
  const validated = part === 'validation' || part === 'all' || (part === 'test' && testRowsValidate(making));
  return [
    ...(part === 'train' || part === 'all' ? (['parameters'] as const) : []),
    ...(validated ? findChoices(making) : []),
  ];
}

const testRowsValidate = ({ rule }: Making): boolean => rule === 'test_rows_validate';

/** Choices made by the validation bound. mcem has none. */
function findChoices({ training, isBest }: Making): Influence[] {
  if (!trainsEncoder(training)) return [];
  return [
    ...(training.early_stopping ? (['early_stopping'] as const) : []),
    ...(isBest ? (['best_checkpoint'] as const) : []),
  ];
}
