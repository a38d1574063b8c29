/** Words of a flag, those of 0 and 1, in lower case. */
const FLAGS = [
  ['false', 'true'],
  ['no', 'yes'],
] as const;

/** The words of 0 and 1 that belong to this one, in its spelling; null where it is no word of a flag. */
export function flagOf(word: string): readonly [string, string] | null {
  const lower = word.toLowerCase();
  const pair = FLAGS.find((names) => names.some((name) => name === lower));
  return pair ? [spelledLike(word, pair[0]), spelledLike(word, pair[1])] : null;
}

/** Whether a column with these labels, one for each code, says yes or no. */
export function isFlag(labels: readonly string[]): boolean {
  const [zero, one] = labels.map((label) => label.toLowerCase());
  return labels.length === 2 && FLAGS.some((pair) => pair[0] === zero && pair[1] === one);
}

function spelledLike(word: string, name: string): string {
  if (word === word.toLowerCase()) return name;
  if (word === word.toUpperCase()) return name.toUpperCase();
  return name.charAt(0).toUpperCase() + name.slice(1);
}
