/**
 * A few of the rows that together have every pair of values which any row has, of every two of their columns. Each row
 * taken is the one with the most pairs still missing; of equal ones the first.
 */
export function coverPairs<Row extends object>(rows: readonly Row[]): Row[] {
  const pairs = numberPairs(rows);
  const missing = new Set(pairs.flat());
  const taken: Row[] = [];
  while (missing.size > 0) {
    let [best, most] = [0, 0];
    pairs.forEach((own, i) => {
      const count = own.reduce((sum, pair) => sum + (missing.has(pair) ? 1 : 0), 0);
      if (count > most) [best, most] = [i, count];
    });
    for (const pair of pairs[best] ?? []) missing.delete(pair);
    taken.push(...rows.slice(best, best + 1));
  }
  return taken;
}

/** The pairs of values of each row, as numbers. */
function numberPairs(rows: readonly object[]): number[][] {
  const numbers = new Map<string, number>();
  const numberOf = (key: string): number => {
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
  return rows.map((row) => {
    const values = Object.entries(row).map(([name, value]: [string, unknown]) =>
      numberOf(`${name} ${JSON.stringify(value)}`),
    );
    return values.flatMap((first, i) =>
      values.slice(i + 1).map((second) => numberOf(`pair ${first} ${second}`)),
    );
  });
}

/** All ways to take one value of each list. */
export function combine<Values extends Readonly<Record<string, readonly unknown[]>>>(
  values: Values,
): { -readonly [Name in keyof Values]: Values[Name][number] }[];
export function combine(values: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] {
  let rows: Record<string, unknown>[] = [{}];
  for (const [name, choices] of Object.entries(values)) {
    rows = rows.flatMap((row) => choices.map((choice) => ({ ...row, [name]: choice })));
  }
  return rows;
}
