/**
 * Splits a table into training rows and new rows, and plants an anomaly in every second new row: cells swapped with another
 * row, a shifted number, or a wrong word. Everything follows from the seed.
 */

const MOST_ROWS = 4000;
const NEW_SHARE = 0.25;
const MOST_NEW_ROWS = 1000;
/** A shift, in standard deviations of the column. */
const [LEAST_SHIFT, MOST_SHIFT] = [3, 6];
const SWAPPED_SHARE = 0.25;
const [FEW_DISTINCT, MOST_WORDS] = [10, 50];

/** @returns { train, fresh: rows of cells; labels: 1 if planted; how: what was planted; kinds: of the columns }. */
export function plant({ columns, rows }, seed = 1) {
  const random = createRandom(seed);
  const chosen = shuffle(rows, random).slice(0, MOST_ROWS);
  const count = Math.min(MOST_NEW_ROWS, Math.round(chosen.length * NEW_SHARE));
  const train = chosen.slice(count);
  const kinds = columns.map((_, i) => describeColumn(train.map((row) => row[i])));
  const planted = chosen.slice(0, count).map((row, i) => plantRow(row, i, { train, kinds, random }));
  return {
    train,
    kinds: kinds.map(({ kind }) => kind),
    fresh: planted.map(({ row }) => row),
    how: planted.map(({ how }) => how),
    labels: planted.map(({ how }) => Number(how !== 'ordinary')),
  };
}

function plantRow(row, i, context) {
  if (i % 2 === 0) return { row, how: 'ordinary' };
  const ways = shuffle([swapCells, shiftNumber, changeWord], context.random);
  for (const way of ways) {
    const changed = way(row, context);
    if (changed) return { row: changed, how: way.name };
  }
  return { row, how: 'ordinary' };
}

function swapCells(row, { train, kinds, random }) {
  const usable = kinds.flatMap(({ kind }, i) => (kind === 'other' ? [] : [i]));
  const size = Math.max(1, Math.round(usable.length * SWAPPED_SHARE));
  for (let attempt = 0; attempt < 20; attempt++) {
    const other = train[Math.floor(random() * train.length)];
    const cells = shuffle(usable, random).slice(0, size);
    if (!cells.some((i) => row[i] !== other[i])) continue;
    return row.map((cell, i) => (cells.includes(i) ? other[i] : cell));
  }
  return null;
}

function shiftNumber(row, { kinds, random }) {
  const usable = kinds.flatMap(({ kind }, i) => (kind === 'number' && row[i] !== '' ? [i] : []));
  if (usable.length === 0) return null;
  const chosen = usable[Math.floor(random() * usable.length)];
  const { deviation, decimals } = kinds[chosen];
  const size = LEAST_SHIFT + random() * (MOST_SHIFT - LEAST_SHIFT);
  const shift = (random() < 0.5 ? -1 : 1) * size * deviation;
  const shifted = (Number(row[chosen]) + shift).toFixed(decimals);
  return row.map((cell, i) => (i === chosen ? shifted : cell));
}

function changeWord(row, { kinds, random }) {
  const usable = kinds.flatMap(({ kind }, i) => (kind === 'word' ? [i] : []));
  if (usable.length === 0) return null;
  const chosen = usable[Math.floor(random() * usable.length)];
  const others = kinds[chosen].words.filter((word) => word !== row[chosen]);
  const isUnseen = random() < 0.5 || others.length === 0;
  const word = isUnseen
    ? `unseen ${Math.floor(random() * 1e6)}`
    : others[Math.floor(random() * others.length)];
  return row.map((cell, i) => (i === chosen ? word : cell));
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

function shuffle(items, random) {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

/** Mulberry32. */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
