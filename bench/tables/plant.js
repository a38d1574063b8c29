import { shuffle, splitTable } from './split.js';

/**
 * Splits a table into training rows and new rows, and plants an anomaly in every second new row: cells swapped with another
 * row, a shifted number, or a wrong word. Everything follows from the seed.
 */

/** A shift, in standard deviations of the column. */
const [LEAST_SHIFT, MOST_SHIFT] = [3, 6];
const SWAPPED_SHARE = 0.25;

/** @returns { train, fresh: rows of cells; labels: 1 if planted; how: what was planted; kinds: of the columns }. */
export function plant(table, seed = 1) {
  const { train, fresh, kinds, random } = splitTable(table, seed);
  const planted = fresh.map((row, i) => plantRow(row, i, { train, kinds, random }));
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
