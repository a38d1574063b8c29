import { AppError } from '../../errors.ts';

/** Errors: data_invalid, because bad rows cannot become part of a data set. */
export function refuseBadRows(badRows: number): void {
  if (badRows === 0) return;
  throw AppError.of('data_invalid', {
    where: 'the data set',
    found: `${badRows} rows that the model cannot understand`,
    allowed:
      'none, if a data set is made of their latents (order a file instead: it says what is wrong with each row)',
  });
}
