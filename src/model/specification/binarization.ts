import { oneOf } from './schema.ts';

export const BINARIZATIONS = ['none', 'dynamic', 'static', 'threshold'] as const;
export type BinarizationName = (typeof BINARIZATIONS)[number];

/** How values x in [0, 1] become zeros and ones before the model sees them; u is uniform on (0, 1). */
export const Binarization = oneOf(
  BINARIZATIONS,
  'none',
  'none: values as they are; dynamic: 1 if u < x, with a new u at every step; static: the same, but u is drawn once per row by the seed; threshold: 1 if x > 1/2.',
);
