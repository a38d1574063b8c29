import { LIKELIHOOD_LIMITS } from '../../specification/limits.ts';
import { copyText } from '../cell.ts';

const LONGEST = LIKELIHOOD_LIMITS.nameCharacters;
/** Characters of all different words of a column. */
const MOST_CHARACTERS = 2 ** 21;

/** What is known of the words of a column. Words are counted in bounded memory. */
export class WordEvidence {
  /** All cells. */
  count = 0;
  /** Cells that are too long for a word. */
  long = 0;
  /** Characters of all different words. */
  characters = 0;
  /** Spaces within all different words. */
  spaces = 0;
  readonly #capacity: number;
  #counts: Map<string, number> | null = new Map();
  #distinct = 0;
  #countAtEnd = 0;

  /** `capacity`: how many different words are counted. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds a trimmed word. */
  add(word: string, times = 1): void {
    this.count += times;
    const counts = this.#counts;
    if (counts === null) return;
    const known = counts.get(word);
    if (known !== undefined) counts.set(word, known + times);
    else if (word.length > LONGEST) this.long += times;
    else this.#addNew(counts, word, times);
  }

  /** How often each word occurs, in order of appearance; null if there are too many different words. */
  get counts(): ReadonlyMap<string, number> | null {
    return this.#counts;
  }

  /** Number of different words, as far as they were counted. */
  get distinct(): number {
    return this.#distinct + this.long;
  }

  /** How many cells there were while words were counted. */
  get counted(): number {
    return this.#counts === null ? this.#countAtEnd : this.count;
  }

  /** Share of different words among the cells, as far as they were counted. */
  get distinctShare(): number {
    return this.distinct / Math.max(1, this.counted);
  }

  /** Mean length of the different words. */
  get meanLength(): number {
    return (this.characters + this.long * LONGEST) / Math.max(1, this.distinct);
  }

  #addNew(counts: Map<string, number>, word: string, times: number): void {
    counts.set(copyText(word), times);
    this.#distinct += 1;
    this.characters += word.length;
    this.spaces += word.split(' ').length - 1;
    if (this.#distinct > this.#capacity || this.characters > MOST_CHARACTERS) this.abandon();
  }

  /** Stops counting: there are too many different words. */
  abandon(): void {
    this.#counts = null;
    this.#countAtEnd = this.count;
  }
}
