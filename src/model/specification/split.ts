import Type from 'typebox';

/**
 * Which rows validate. separate: a share of the rows that are not test rows, drawn by the seed. test_rows_validate: the test
 * rows, or such a share if there are none; models ordered before test rows were kept apart were trained so.
 */
export const SPLIT_RULES = ['separate', 'test_rows_validate'] as const;
export type SplitRule = (typeof SPLIT_RULES)[number];
export const SplitRule = Type.Unsafe<SplitRule>({
  type: 'string',
  enum: [...SPLIT_RULES],
  description:
    'Which rows validate. separate: rows drawn from those that are not test rows. test_rows_validate: the test rows, if there are any (models trained by early versions of the service).',
});

/** Parts of a data set, as the training of a model splits it. */
export const SPLIT_PARTS = ['test', 'validation', 'train', 'all'] as const;
export type SplitPart = (typeof SPLIT_PARTS)[number];

/** As they are ordered: held_out is the test rows, or the validation rows if there are none. */
export const DATASET_PARTS = ['held_out', ...SPLIT_PARTS] as const;
export type DatasetPart = (typeof DATASET_PARTS)[number];

/** What rows can influence in the making of a model. */
export const INFLUENCES = ['parameters', 'early_stopping', 'best_checkpoint'] as const;
export type Influence = (typeof INFLUENCES)[number];
