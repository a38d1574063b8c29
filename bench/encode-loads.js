const SIZE = 784;

/** Like images of digits: four fifths of the pixels are zero, the others are multiples of 1/255. */
export function createRows(count) {
  const shade = (row, i) => ((i + row) % 5 === 0 ? ((13 * i + 7 * row) % 256) / 255 : 0);
  return Array.from({ length: count }, (_, row) => Array.from({ length: SIZE }, (_, i) => shade(row, i)));
}

export function createLoads() {
  const [one, many] = [createRows(1), createRows(32)];
  return [
    ...[1, 8, 32, 128].map((clients) => ({ name: 'One row as JSON', form: 'json', rows: one, clients })),
    { name: '32 rows as JSON', form: 'json', rows: many, clients: 8 },
    { name: 'One row as bytes', form: 'bytes', rows: one, clients: 32 },
  ];
}

/** The body that a contender takes for a load. */
export function encodeBody({ modelId, npy }, { form, rows }) {
  if (form === 'json') {
    const body = JSON.stringify({ ...(modelId && { model_id: modelId }), data: rows });
    return { body: Buffer.from(body), type: 'application/json' };
  }
  const values = Buffer.from(Float32Array.from(rows.flat()).buffer);
  if (!npy) return { body: values, type: 'application/octet-stream' };
  return { body: Buffer.concat([encodeNpyHeader(rows.length), values]), type: 'application/x-npy' };
}

/** Version 1.0 of the format; the header ends at a multiple of 64 bytes. */
function encodeNpyHeader(count) {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${count}, ${SIZE}), }`;
  const padded = `${text.padEnd(128 - 10 - 1)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length & 255, padded.length >> 8]);
  return Buffer.concat([start, Buffer.from(padded, 'latin1')]);
}
