import { createRandom } from '../random.js';

/** Splits tables into training rows and new rows. Everything follows from the seed. */

const MOST_ROWS = 4000;
const NEW_SHARE = 0.25;
const MOST_NEW_ROWS = 1000;
const [FEW_DISTINCT, MOST_WORDS] = [10, 50];

/** @returns { train, fresh: rows of cells; kinds: of the columns; random: the generator, to go on with }. */
export function splitTable({ columns, rows }, seed) {
  const random = createRandom(seed).next;
  const chosen = shuffle(rows, random).slice(0, MOST_ROWS);
  const count = Math.min(MOST_NEW_ROWS, Math.round(chosen.length * NEW_SHARE));
  const train = chosen.slice(count);
  const kinds = columns.map((_, i) => describeColumn(train.map((row) => row[i])));
  return { train, fresh: chosen.slice(0, count), kinds, random };
}

/** Numbers with many values, words with few; everything else (ids, text, dates) is left alone. */
function describeColumn(cells) {
  const present = cells.filter((cell) => cell !== '');
  const words = [...new Set(present)];
  const isNumeric = present.length > 0 && present.every((cell) => Number.isFinite(Number(cell)));
  if (isNumeric && words.length > FEW_DISTINCT) {
    const values = present.map(Number);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const decimals = Math.max(...present.map((cell) => (/\.(\d+)$/.exec(cell)?.[1] ?? '').length));
    return { kind: 'number', deviation: Math.sqrt(variance), decimals };
  }
  if (!isNumeric && words.length > 1 && words.length <= MOST_WORDS) return { kind: 'word', words };
  const isDate =
    present.length > 0 && present.every((cell) => /\d{4}/.test(cell) && !Number.isNaN(Date.parse(cell)));
  return { kind: isNumeric ? 'code' : isDate ? 'date' : 'other' };
}

export function shuffle(items, random) {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}
