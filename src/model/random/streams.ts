import { threefry, type Key } from './threefry.ts';

/** Independent streams of one seed. An index (the step, the epoch, ...) selects numbers within a stream. */
export const STREAMS = {
  initialization: 0,
  minibatchOrder: 1,
  noise: 2,
  validationSplit: 3,
  validationNoise: 4,
  inference: 5,
  posteriorUniform: 6,
  priorNormal: 7,
  priorUniform: 8,
  dataNormal: 9,
  dataUniform: 10,
  parameterNoise: 11,
  chainStart: 12,
  chainMomentum: 13,
  chainAcceptance: 14,
  binarization: 15,
  evaluation: 16,
  gradientNoise: 17,
  fittedProposal: 18,
  chainStepSize: 19,
  chainChoice: 20,
  scoring: 21,
  masking: 22,
} as const;
export type Stream = keyof typeof STREAMS;

const WORD = 2 ** 32;
const BLOCK = 1024;

/** The key of (seed, stream, index), made by a generator with the seed as key and (stream, index) as counter. */
export function deriveKey(seed: number, stream: Stream, index: number): Key {
  const seedKey: Key = { high: Math.floor(seed / WORD), low: seed % WORD };
  const words = new Uint32Array(2);
  threefry(seedKey, STREAMS[stream] * 0x10000 + Math.floor(index / WORD), index % WORD, words, 0);
  return { high: words[0] ?? 0, low: words[1] ?? 0 };
}

/** Fills `out` with the key's standard normal numbers from position `first` on (Box-Muller on pairs of 32-bit words). */
export function fillNormal(key: Key, out: Float32Array, first = 0): void {
  visitPairs(key, first, out.length, (words, i) => {
    const radius = Math.sqrt(-2 * Math.log(((words[0] ?? 0) + 0.5) / WORD));
    const angle = ((2 * Math.PI) / WORD) * (words[1] ?? 0);
    if (i >= 0) out[i] = radius * Math.cos(angle);
    if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle);
  });
}

/**
 * Fills `out` with the key's uniform (0, 1) numbers u from position `first` on: (k + 1/2) / 2^23, k uniform on
 * 0 .. 2^23 - 1. Both u and 1 - u are exact in float32.
 */
export function fillUniform(key: Key, out: Float32Array, first = 0): void {
  visitPairs(key, first, out.length, (words, i) => {
    if (i >= 0) out[i] = ((words[0] ?? 0) >>> 9) / 2 ** 23 + 2 ** -24;
    if (i + 1 < out.length) out[i + 1] = ((words[1] ?? 0) >>> 9) / 2 ** 23 + 2 ** -24;
  });
}

/** Visits the pairs of words for positions first .. first + count - 1 with each pair's index: -1 if inside a pair. */
function visitPairs(
  key: Key,
  first: number,
  count: number,
  use: (words: Uint32Array, index: number) => void,
): void {
  const words = new Uint32Array(2);
  for (let i = -(first % 2); i < count; i += 2) {
    const pair = (first + i) / 2;
    threefry(key, Math.floor(pair / WORD), pair % WORD, words, 0);
    use(words, i);
  }
}

/** Permutes 0 .. size - 1 (Fisher-Yates). */
export function permute(key: Key, size: number): Uint32Array {
  const order = Uint32Array.from({ length: size }, (_, i) => i);
  const words = new Uint32Array(BLOCK);
  for (let i = size - 1, used = 0; i > 0; i--, used++) {
    if (used % BLOCK === 0) fillWords(key, used / 2, words);
    // The high part of 32 bits times the range: the bias is below range / 2^32.
    const j = Math.floor(((words[used % BLOCK] ?? 0) * (i + 1)) / WORD);
    const held = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = held;
  }
  return order;
}

function fillWords(key: Key, firstCounter: number, words: Uint32Array): void {
  for (let i = 0; i < words.length; i += 2) threefry(key, 0, firstCounter + i / 2, words, i);
}
