import { encode as encodePng } from 'fast-png';
import { parquetWriteBuffer } from 'hyparquet-writer';
import iconv from 'iconv-lite';
import { zipFiles } from './zip.js';

const CITIES = ['Oslo', 'Bodø', 'Århus', 'Kraków'];
const RECORDS = Array.from({ length: 120 }, (_, i) => ({
  id: `A-${1000 + i}`,
  amount: i % 17 === 0 ? null : Math.round(i * 3731.37) / 100,
  items: (i * 7) % 11,
  city: CITIES[i % 4],
  express: i % 3 === 0,
  ordered: new Date(Date.UTC(2023, 0, 1 + 3 * i)).toISOString().slice(0, 10),
  note: i % 10 === 0 ? `said "no", then\nwent; row ${i}` : `row ${i}`,
}));
const NAMES = Object.keys(RECORDS[0]);

/** Files of every format that an upload may have, whole and valid: name, media type and bytes. */
export function makeOriginals() {
  return [...makeTexts(), ...makeParquet(), ...makeArrays()];
}

function makeTexts() {
  const csv = [
    ['comma', writeCsv(','), 'utf8'],
    ['semicolon, decimal comma', writeCsv(';', { decimal: ',', end: '\r\n' }), 'utf8'],
    ['tab', writeCsv('\t', { end: '\r' }), 'utf8'],
    ['pipe', writeCsv('|'), 'utf8'],
    ['utf-16le with mark', `\ufeff${writeCsv(',')}`, 'utf-16le'],
    ['utf-16be with mark', `\ufeff${writeCsv(';')}`, 'utf-16be'],
    ['windows-1250', writeCsv(','), 'windows-1250'],
    ['shift_jis', writeCsv(',').replaceAll(/[øÅó]/g, '東'), 'shift_jis'],
  ].map(([name, text, encoding]) => ({
    name: `CSV, ${name}`,
    isText: true,
    type: /^(windows|shift)/.test(encoding) ? `text/csv; charset=${encoding}` : 'text/csv',
    bytes: iconv.encode(text, encoding, { addBOM: false }),
  }));
  const json = (name, type, text) => ({ name, type, isText: true, bytes: Buffer.from(text) });
  return [
    ...csv,
    json('JSON array', 'application/json', JSON.stringify(RECORDS)),
    json('JSON Lines', 'application/jsonl', RECORDS.map((row) => JSON.stringify(row)).join('\n')),
  ];
}

function writeCsv(delimiter, { decimal = '.', end = '\n' } = {}) {
  const quote = (cell) =>
    /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const write = (value) =>
    typeof value === 'number' ? String(value).replace('.', decimal) : `${value ?? ''}`;
  const lines = RECORDS.map((row) => NAMES.map((name) => quote(write(row[name]))).join(delimiter));
  return [NAMES.join(delimiter), ...lines, ''].join(end);
}

function makeParquet() {
  const columnData = NAMES.map((name) => ({ name, data: RECORDS.map((row) => row[name]) }));
  const numbers = { name: 'x', data: Float64Array.from({ length: 500 }, (_, i) => Math.sin(i)) };
  const files = [
    ['Parquet, mixed', { columnData, rowGroupSize: 50 }],
    ['Parquet, not packed', { columnData, codec: 'UNCOMPRESSED' }],
    ['Parquet, numbers', { columnData: [numbers] }],
  ];
  return files.map(([name, options]) => ({
    name,
    type: 'application/vnd.apache.parquet',
    bytes: Buffer.from(parquetWriteBuffer(options)),
  }));
}

function makeArrays() {
  const values = Float32Array.from({ length: 40 * 6 }, (_, i) => Math.cos(i));
  const pixels = Uint8Array.from({ length: 12 * 25 }, (_, i) => (i * 37) % 251);
  const npy = writeNpy('<f4', '40, 6', values);
  const labels = writeNpy(
    '<i4',
    '40,',
    Int32Array.from({ length: 40 }, (_, i) => i % 3),
  );
  const idx = Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 5, 0, 0, 0, 5]), pixels]);
  const image = (i, channels) => ({
    name: `${i}.png`,
    bytes: encodePng({ width: 6, height: 5, channels, data: pixels.subarray(i, i + 30 * channels) }),
  });
  const images = (channels) => zipFiles(Array.from({ length: 8 }, (_, i) => image(i, channels)));
  const npz = [
    { name: 'x.npy', bytes: npy },
    { name: 'y.npy', bytes: labels },
  ];
  return [
    { name: 'NPY, float32', type: 'application/x-npy', bytes: npy },
    {
      name: 'NPY, float64',
      type: 'application/x-npy',
      bytes: writeNpy('>f8', '30, 2, 4', new Float64Array(240)),
    },
    { name: 'NPZ', type: 'application/zip', bytes: zipFiles(npz) },
    { name: 'IDX', type: 'application/octet-stream', bytes: idx },
    { name: 'ZIP of grey PNG', type: 'application/zip', bytes: images(1) },
    { name: 'ZIP of colour PNG', type: 'application/zip', bytes: images(3) },
  ];
}

function writeNpy(type, shape, values) {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117) + '\n';
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]);
  return Buffer.concat([start, Buffer.from(header), Buffer.from(values.buffer)]);
}
