/** What the name of a column suggests. It decides only where the cells leave a choice. */
export interface NameHints {
  /** The cells name things: order_id, isbn. */
  readonly isId: boolean;
  /** The cells may be numbers of rows: index, no. */
  readonly isIndex: boolean;
  /** Numbers are codes: zip, status. */
  readonly isCode: boolean;
  /** Numbers may count seconds since 1970: created_at, timestamp. */
  readonly isTime: boolean;
  /** Whole numbers measure and do not count: age, year. */
  readonly isMeasure: boolean;
  /** The cells are what another model is to predict. */
  readonly isLabel: boolean;
}

const toSet = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const IDS = toSet('id ids uuid guid key identifier sku isbn ean gtin iban ssn hash serial');
const INDEXES = toSet('index idx row rowid rownum no nr number unnamed #');
const CODES = toSet(
  'code codes type kind category group zip zipcode postcode postal plz fips naics sic gender sex status cluster segment department dept region zone state',
);
const TIMES = toSet('date dates datum time datetime timestamp ts epoch created updated modified at when');
const MEASURES = toSet(
  'age year month day hour minute week weekday percent percentage pct grade level temperature temp latitude longitude lat lon lng price amount',
);
const LABELS = toSet('label class target');

export function readName(name: string): NameHints {
  const words = splitName(name);
  const [first = '', last = ''] = [words[0], words.at(-1)];
  const has = (known: ReadonlySet<string>): boolean => words.some((word) => known.has(word));
  const isId = IDS.has(last) || first === 'id';
  return {
    isId,
    isIndex: isId || words.length === 0 || INDEXES.has(last) || INDEXES.has(first),
    isCode: has(CODES),
    isTime: has(TIMES),
    isMeasure: has(MEASURES),
    isLabel: LABELS.has(name.trim().toLowerCase()),
  };
}

/** miles_per_gallon, milesPerGallon and Miles per gallon have the same words. */
function splitName(name: string): string[] {
  return name
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d#]+/u)
    .filter((word) => word !== '');
}
