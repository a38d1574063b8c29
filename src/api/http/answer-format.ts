import { CSV_TYPE, JSON_TYPE, NPY_TYPE, PNG_TYPE } from './media.ts';
import { negotiate } from './negotiation.ts';

const TYPES = { json: JSON_TYPE, png: PNG_TYPE, npy: NPY_TYPE, csv: CSV_TYPE } as const;
export type AnswerFormat = keyof typeof TYPES;

/** Of answers that can be a picture or a file. */
export const FILE_FORMATS = ['json', 'png', 'npy', 'csv'] as const satisfies readonly AnswerFormat[];

/** The format of an answer: the one that a field names, otherwise what the Accept header prefers. Errors: not_acceptable. */
export function chooseAnswerFormat<const Offer extends AnswerFormat>(
  format: Offer | undefined,
  accept: string | undefined,
  offers: readonly [Offer, ...Offer[]],
): Offer {
  if (format !== undefined) return format;
  const [first, ...others] = offers;
  const type = negotiate(accept, [TYPES[first], ...others.map((offer) => TYPES[offer])]);
  return offers.find((offer) => TYPES[offer] === type) ?? first;
}
