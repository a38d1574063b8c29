import Type from 'typebox';

/**
 * Which rows validate. separate: a share of the non-test rows, drawn by the seed. test_rows_validate: the test rows, or that
 * share if there are none. Models ordered before test rows were kept apart use it.
 */
export const SPLIT_RULES = ['separate', 'test_rows_validate'] as const;
export type SplitRule = (typeof SPLIT_RULES)[number];
export const SplitRule = Type.Unsafe<SplitRule>({
  type: 'string',
  enum: [...SPLIT_RULES],
  description:
    'Which rows validate. separate: rows drawn from the non-test rows. test_rows_validate: the test rows, if there are any (models trained by early versions of the service).',
});

/** Parts of a data set, as the training of a model splits it. */
export const SPLIT_PARTS = ['test', 'validation', 'train', 'all'] as const;
export type SplitPart = (typeof SPLIT_PARTS)[number];

/** Parts that can be ordered: held_out is the test rows, or the validation rows if there are none. */
export const DATASET_PARTS = ['held_out', ...SPLIT_PARTS] as const;
export type DatasetPart = (typeof DATASET_PARTS)[number];

/** What rows can influence while a model is trained. */
export const INFLUENCES = ['parameters', 'early_stopping', 'best_checkpoint'] as const;
export type Influence = (typeof INFLUENCES)[number];
