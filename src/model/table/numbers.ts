import type { ColumnWithRole } from './schema.ts';

export type NumberFormat = ColumnWithRole<'number'>['format'];
export type DecimalSeparator = NumberFormat['decimal'];

/** A number as text. Decimals: how many decimal places it has. */
export interface NumberReading {
  readonly value: number;
  readonly decimals: number;
  readonly grouping: NumberFormat['grouping'];
  readonly unit: string | null;
}

export const MOST_DECIMALS = 20;

const UNIT =
  '(?:(?:US|A|C|R|NZ|HK|S)?\\$|[€£¥₹₽₩₺₪₫₴₦฿₱¢%‰]|(?:CHF|USD|EUR|GBP|JPY|INR|CNY|AUD|CAD|BRL|SEK|NOK|DKK|PLN|CZK|kr|zł|Rs)\\.?)';
const WHOLE = new RegExp(
  `^(\\()?\\s*([+\\-\\u2212])?\\s*(${UNIT})?\\s*([+\\-\\u2212])?\\s*([\\d.,][\\d.,'’_ \\u00a0\\u2009\\u202f]*(?:[eE][+-]?\\d+)?)\\s*(${UNIT})?\\s*(\\))?$`,
  'iu',
);
const SPACES = '\\u00a0\\u2009\\u202f ';

/** [whole digits with groups, separator, fraction, exponent]; groups have three digits, or two before the last (12,34,567). */
const BODIES: { readonly [Decimal in DecimalSeparator]: RegExp } = {
  '.': new RegExp(
    `^(\\d*|[1-9]\\d{0,2}([,'’_${SPACES}])\\d{3}(?:\\2\\d{3})*|[1-9]\\d?(,)\\d\\d(?:,\\d\\d)*,\\d{3})(?:\\.(\\d*))?(?:[eE]([+-]?\\d+))?$`,
    'u',
  ),
  ',': new RegExp(
    `^(\\d*|[1-9]\\d{0,2}([.'’_${SPACES}])\\d{3}(?:\\2\\d{3})*|(?!))()(?:,(\\d*))?(?:[eE]([+-]?\\d+))?$`,
    'u',
  ),
};

const [SPACE, POINT, NINE] = [0x20, 0x2e, 0x39] as const;
const LOWER = 0x20;
const [B, O, X] = [0x62, 0x6f, 0x78] as const;

/**
 * The value of decimal digits with an optional sign, point and exponent, without spaces: what most cells hold, so it must be
 * fast. Infinity if it is too large; NaN for any other text, which {@link readNumber} may understand.
 */
export function parsePlainNumber(text: string): number {
  const value = Number(text);
  if (Number.isNaN(value)) return value;
  // Number also reads blanks, 0x10, 0b1 and Infinity.
  const last = text.charCodeAt(text.length - 1);
  if (!(last >= POINT && last <= NINE) || text.charCodeAt(0) <= SPACE) return NaN;
  const second = text.charCodeAt(1) | LOWER;
  return second === X || second === B || second === O ? NaN : value;
}

/** Reads a number with signs, units, groups and parentheses (for negative numbers); null for any other text. */
export function readNumber(text: string, decimal: DecimalSeparator): NumberReading | null {
  const whole = WHOLE.exec(text.trim());
  if (!whole) return null;
  const [, open, first, before, second, digits = '', after, close] = whole;
  if ((open === undefined) !== (close === undefined)) return null;
  if ([first, second, open].filter(Boolean).length > 1 || (before && after)) return null;
  const body = BODIES[decimal].exec(digits.trim());
  if (!body) return null;
  const [, integer = '', group, lakh, fraction = '', exponent = '0'] = body;
  const plain = integer.replace(/\D/gu, '');
  if (plain === '' && fraction === '') return null;
  const size = Number(`${plain}.${fraction}e${exponent}`);
  const isNegative = open !== undefined || [first, second].some((sign) => sign === '-' || sign === '\u2212');
  return {
    value: isNegative ? -size : size,
    decimals: limitDecimals(fraction.length - Number(exponent)),
    grouping: toGrouping(group ?? lakh),
    unit: before ?? after ?? null,
  };
}

/** Decimal places of a text that {@link parsePlainNumber} reads. */
export function countDecimals(text: string): number {
  const exponent = text.search(/[eE]/u);
  const digits = exponent < 0 ? text : text.slice(0, exponent);
  const point = digits.indexOf('.');
  const places = point < 0 ? 0 : digits.length - point - 1;
  return limitDecimals(places - (exponent < 0 ? 0 : Number(text.slice(exponent + 1))));
}

/** What inf, nan and the like look like: no word that a category may have. */
const NOT_FINITE = /^[+-]?(?:inf|infinity|1\.#inf|∞)$/iu;
export const isInfinite = (text: string): boolean =>
  NOT_FINITE.test(text) || Math.abs(parsePlainNumber(text)) === Infinity;

const limitDecimals = (places: number): number => Math.min(MOST_DECIMALS, Math.max(0, places));

function toGrouping(separator: string | undefined): NumberFormat['grouping'] {
  if (!separator) return null;
  if (separator === '.' || separator === ',' || separator === '_') return separator;
  return separator === "'" || separator === '’' ? "'" : ' ';
}
