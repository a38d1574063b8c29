/** Pairs of words for 0 and 1, in lower case. */
const FLAGS = [
  ['false', 'true'],
  ['no', 'yes'],
] as const;

/** The pair of words for 0 and 1 that contains this word, in its spelling; null if there is none. */
export function flagOf(word: string): readonly [string, string] | null {
  const lower = word.toLowerCase();
  const pair = FLAGS.find((names) => names.some((name) => name === lower));
  return pair ? [spellLike(word, pair[0]), spellLike(word, pair[1])] : null;
}

/** Whether these labels, one per code, are such a pair in its order. */
export function isFlag(labels: readonly string[]): boolean {
  const [zero, one] = labels.map((label) => label.toLowerCase());
  return labels.length === 2 && FLAGS.some((pair) => pair[0] === zero && pair[1] === one);
}

function spellLike(word: string, name: string): string {
  if (word === word.toLowerCase()) return name;
  if (word === word.toUpperCase()) return name.toUpperCase();
  return name.charAt(0).toUpperCase() + name.slice(1);
}
