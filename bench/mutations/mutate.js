import { gzipSync } from 'node:zlib';

/** No mutated file becomes larger. */
const MOST_BYTES = 2 ** 22;
const SIZES = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];
const SNIPPETS = [
  '"',
  '""',
  '"""',
  '","',
  '"\n"',
  '\r',
  '\0',
  ',,,,',
  '\ufeff',
  '1e999',
  '-1e308',
  '9'.repeat(400),
  'NaN',
  'Infinity',
  '{"a":',
  '[[[[',
  ']]]]',
  '}{',
  '\\u0000',
  '\\ud800',
  '__proto__',
  '=cmd|x',
  '2024-02-30',
  '+262143-13-99T99:99',
];

/** Ways to damage any file: (bytes, random) => bytes. */
const BYTE_MUTATIONS = {
  'flip bytes': (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let n = 1 + random.below(8); n > 0; n--) copy[random.below(copy.length)] ^= 1 << random.below(8);
    return copy;
  },
  'flip bytes of the head': (bytes, random) => {
    const copy = Buffer.from(bytes);
    copy[random.below(Math.min(96, copy.length))] = random.below(256);
    return copy;
  },
  'flip bytes of the tail': (bytes, random) => {
    const copy = Buffer.from(bytes);
    const place = copy.length - 1 - random.below(Math.min(400, copy.length));
    copy[place] = random.below(256);
    return copy;
  },
  'cut the end': (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  'cut the start': (bytes, random) => bytes.subarray(random.below(bytes.length)),
  'cut a part': (bytes, random) => {
    const [start, end] = chooseRange(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  'double a part': (bytes, random) => {
    const [start, end] = chooseRange(bytes, random);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  'repeat a part': (bytes, random) => {
    const [start, end] = chooseRange(bytes, random);
    const part = bytes.subarray(start, end);
    const times = Math.min(2 ** random.below(14), Math.floor(MOST_BYTES / Math.max(1, part.length)));
    return Buffer.concat([bytes.subarray(0, end), ...Array(times).fill(part), bytes.subarray(end)]);
  },
  'double the file': (bytes) => Buffer.concat([bytes, bytes]),
  'exchange parts': (bytes, random) => {
    const [start, end] = chooseRange(bytes, random);
    return Buffer.concat([bytes.subarray(end), bytes.subarray(start, end), bytes.subarray(0, start)]);
  },
  'huge number in the head': (bytes, random) => writeSize(bytes, random, Math.min(96, bytes.length)),
  'huge number in the tail': (bytes, random) => {
    const from = Math.max(0, bytes.length - 200);
    return Buffer.concat([
      bytes.subarray(0, from),
      writeSize(bytes.subarray(from), random, bytes.length - from),
    ]);
  },
  'huge number anywhere': (bytes, random) => writeSize(bytes, random, bytes.length),
  'other digits': (bytes, random) => {
    const text = bytes.toString('latin1');
    const digits = random.pick(['99999999', '0', '-1', '4294967296', '1e9']);
    let left = random.below(text.match(/\d+/g)?.length ?? 1);
    return Buffer.from(
      text.replace(/\d+/g, (found) => (left-- === 0 ? digits : found)),
      'latin1',
    );
  },
  'noise at the end': (bytes, random) =>
    Buffer.concat([
      bytes,
      Buffer.from(Array.from({ length: 1 + random.below(300) }, () => random.below(256))),
    ]),
};

/** More of them for texts. */
const TEXT_MUTATIONS = {
  'snippets inside': (bytes, random) => {
    const parts = [];
    let from = 0;
    const places = Array.from({ length: 1 + random.below(6) }, () => random.below(bytes.length));
    for (const place of places.sort((a, b) => a - b)) {
      parts.push(bytes.subarray(from, place), Buffer.from(random.pick(SNIPPETS)));
      from = place;
    }
    return Buffer.concat([...parts, bytes.subarray(from)]);
  },
  'nested quotes': (bytes, random) => {
    const place = random.below(bytes.length);
    const quotes = '"'.repeat(1 + random.below(2 ** (1 + random.below(16))));
    return Buffer.concat([bytes.subarray(0, place), Buffer.from(quotes), bytes.subarray(place)]);
  },
  'deep brackets': (bytes, random) => {
    const depth = 2 ** random.below(18);
    const bracket = random.pick(['[', '{"a":', '[{"a":']);
    return Buffer.concat([bytes.subarray(0, random.below(20)), Buffer.from(bracket.repeat(depth))]);
  },
  'many columns': (_bytes, random) => {
    const width = random.pick([100, 1000, 4000, 5000, 65_536, 70_000]);
    const names = Array.from({ length: width }, (_, i) => `c${random.chance(0.001) ? 1 : i}`).join(',');
    const word = random.pick(['w', '', 'word,"', 'A-']);
    const row = (i) => Array.from({ length: width }, (_, k) => `${word}${(i * 31 + k) % 97}`).join(',');
    const rows = Math.min(300, Math.ceil(400_000 / width));
    return Buffer.from([names, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n'));
  },
  'many words': (_bytes, random) => {
    const rows = 2 ** (8 + random.below(7));
    const columns = 1 + random.below(20);
    const words = 1 + random.below(2000);
    const row = (i) =>
      Array.from({ length: columns }, (_, k) => `${'word'.repeat(1 + (k % 9))}${(i * (k + 7)) % words}`).join(
        ';',
      );
    return Buffer.from(Array.from({ length: rows }, (_, i) => row(i)).join('\n'));
  },
  'a long cell': (bytes, random) => {
    const place = random.below(bytes.length);
    const cell = random.pick(['x', '1', ' ', 'é', '-', '1,']).repeat(2 ** (8 + random.below(14)));
    return Buffer.concat([bytes.subarray(0, place), Buffer.from(cell), bytes.subarray(place)]);
  },
  'blank lines': (bytes, random) =>
    Buffer.concat([Buffer.from(random.pick(['\n', '\r\n', ' \n']).repeat(2 ** random.below(18))), bytes]),
};

/** The bytes after one to three mutations, and the mutations' names. */
export function mutate({ bytes, isText = false }, random) {
  const possible = { ...BYTE_MUTATIONS, ...(isText && TEXT_MUTATIONS) };
  const names = Array.from({ length: 1 + random.below(3) }, () => random.pick(Object.keys(possible)));
  let mutated = bytes;
  for (const name of names) if (mutated.length > 0) mutated = possible[name](mutated, random);
  return { bytes: mutated.subarray(0, MOST_BYTES), names };
}

/** A gzip file of a few hundred kilobytes that unpacks to some hundred megabytes. */
export function makeBomb(random) {
  const row = random.pick(['1\n', '1,2\n', 'a,b,"', '\n', '[', '{"a":1}\n', '\0']);
  const start = random.pick(['', 'a\n', '[', '\x93NUMPY\x01\0']);
  return gzipSync(Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(2 ** 28, row)]), { level: 1 });
}

function chooseRange(bytes, random) {
  const start = random.below(bytes.length);
  return [start, Math.min(bytes.length, start + 1 + random.below(2 ** (1 + random.below(13))))];
}

function writeSize(bytes, random, span) {
  if (bytes.length < 8) return bytes;
  const copy = Buffer.from(bytes);
  const place = Math.min(random.below(span), copy.length - 8);
  const size = random.pick(SIZES);
  const write = random.pick(['writeUInt32LE', 'writeUInt32BE']);
  copy[write](size, place);
  if (random.chance(0.2)) copy[write](size, place + 4);
  return copy;
}
