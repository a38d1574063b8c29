/** The usual pairs of words for no and yes, in lower case. */
const PAIRS = [
  ['no', 'yes'],
  ['false', 'true'],
  ['n', 'y'],
  ['f', 't'],
  ['off', 'on'],
  ['nein', 'ja'],
  ['non', 'oui'],
  ['no', 'si'],
  ['no', 'sí'],
  ['não', 'sim'],
  ['nee', 'ja'],
  ['nej', 'ja'],
] as const;

/** 0 for a word that means no, 1 for one that means yes. */
const MEANINGS: ReadonlyMap<string, 0 | 1> = new Map(
  PAIRS.flatMap(([no, yes]): [string, 0 | 1][] => [
    [no, 0],
    [yes, 1],
  ]),
);

/** 0 if the word means no, 1 if it means yes, otherwise undefined. Upper and lower case are the same. */
export const readFlag = (word: string): 0 | 1 | undefined => MEANINGS.get(word.trim().toLowerCase());

/** The words for no and yes that go with a word, in its spelling: YES gives NO and YES. */
export function completeFlag(word: string): [string, string] {
  const key = word.toLowerCase();
  const pair = PAIRS.find((names) => names.some((name) => name === key)) ?? PAIRS[0];
  const [no, yes] = pair.map((name) => (name === key ? word : spellLike(word, name)));
  return [no ?? pair[0], yes ?? pair[1]];
}

function spellLike(word: string, name: string): string {
  if (word === word.toLowerCase()) return name;
  if (word === word.toUpperCase()) return name.toUpperCase();
  return name.charAt(0).toUpperCase() + name.slice(1);
}
