import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countDecimals, parsePlainNumber, readNumber } from '../../../src/model/table/numbers.ts';

describe('a number as text', () => {
  it.each([
    // text, with a decimal point, with a decimal comma
    ['1234', 1234, 1234],
    ['-12', -12, -12],
    ['+12', 12, 12],
    ['\u221212', -12, -12],
    ['12.5', 12.5, null],
    ['12,5', null, 12.5],
    ['.5', 0.5, null],
    ['5.', 5, null],
    ['1,234', 1234, 1.234],
    ['1.234', 1.234, 1234],
    ['0,123', null, 0.123],
    ['1,234.5', 1234.5, null],
    ['1.234,5', null, 1234.5],
    ['1,234,567', 1_234_567, null],
    ['12,34,567', 1_234_567, null],
    ['1,23,45', null, null],
    ["1'234'567.25", 1_234_567.25, null],
    ['1’234,5', null, 1234.5],
    ['1 234 567', 1_234_567, 1_234_567],
    ['1\u00a0234,5', null, 1234.5],
    ['1\u202f234', 1234, 1234],
    ['1_000', 1000, 1000],
    ['1,234 567', null, null],
    ['$1,200.50', 1200.5, null],
    ['-$5', -5, -5],
    ['$-5', -5, -5],
    ['5 €', 5, 5],
    ['€ 1.200,50', null, 1200.5],
    ['CHF 1’200.00', 1200, null],
    ['12 %', 12, 12],
    ['(1,200)', -1200, -1.2],
    ['($20)', -20, -20],
    ['(-20)', null, null],
    ['--5', null, null],
    ['$5%', null, null],
    ['1e3', 1000, 1000],
    ['1.5E-3', 0.0015, null],
    ['1,5e2', null, 150],
    ['0x10', null, null],
    ['12 km', null, null],
    ['1.2.3', null, null],
    ['Infinity', null, null],
    ['(5', null, null],
    ['.', null, null],
    ['', null, null],
  ])('%s', (text, dot, comma) => {
    expect(readNumber(text, '.')?.value ?? null).toBe(dot);
    expect(readNumber(text, ',')?.value ?? null).toBe(comma);
  });

  it('is read fast if it is digits, a sign, a point and an exponent, and not at all otherwise', () => {
    for (const text of [
      '',
      ' ',
      '0x10',
      '0b1',
      '0o7',
      '-0x1',
      'Infinity',
      '-Infinity',
      'NaN',
      '1 ',
      ' 1',
      '1_0',
      '\n1',
    ])
      expect(parsePlainNumber(text), text).toBeNaN();
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parsePlainNumber(String(value))).toBe(value + 0);
        expect(readNumber(String(value), '.')?.value).toBe(value + 0);
      }),
    );
  });

  it('means the same in every way that Intl writes it', () => {
    const ways = [
      ['en-US', '.'],
      ['de-DE', ','],
      ['de-CH', '.'],
      ['fr-FR', ','],
      ['en-IN', '.'],
      ['es-ES', ','],
    ] as const;
    fc.assert(
      fc.property(fc.integer({ min: -1e11, max: 1e11 }), (cents) => {
        for (const [locale, decimal] of ways) {
          const text = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(cents / 100);
          expect(readNumber(text, decimal), `${locale} ${text}`).toMatchObject({
            value: cents / 100,
            decimals: 2,
          });
        }
      }),
    );
  });

  it.each([
    ['1', 0],
    ['1.250', 3],
    ['1e-3', 3],
    ['1.5e-3', 4],
    ['1.5e3', 0],
    ['1e-300', 20],
  ])('%s has %i decimal places', (text, decimals) => {
    expect(countDecimals(text)).toBe(decimals);
    expect(readNumber(text, '.')?.decimals).toBe(decimals);
  });
});
