import { request } from 'node:http';
import { gzipSync } from 'node:zlib';

const BOUNDARY = 'boundary-of-the-form';
const OTHER_TYPES = [
  'text/html',
  'application/xml',
  'image/png',
  'text/csv; charset=klingon',
  'text/csv; charset=utf-16le',
  'multipart/form-data',
  'multipart/form-data; boundary=another',
  'application/json; charset="',
  '',
  ';;;',
];

/** How the body of a file is wrapped: as it is, in gzip (whole or damaged), as a form (whole or damaged). */
export function wrap({ type, bytes }, random) {
  const isZipped = random.chance(0.25);
  let body = isZipped ? gzipSync(bytes) : bytes;
  if (isZipped && random.chance(0.5)) body = damage(body, random);
  if (random.chance(0.25)) {
    body = writeForm(body, random);
    if (random.chance(0.3)) body = damage(body, random);
    return {
      how: isZipped ? 'gzip in a form' : 'form',
      type: `multipart/form-data; boundary=${BOUNDARY}`,
      body,
    };
  }
  const given = random.chance(0.1) ? random.pick(OTHER_TYPES) : isZipped ? 'application/gzip' : type;
  return { how: isZipped ? 'gzip' : 'raw', type: given, body };
}

function damage(bytes, random) {
  const copy = Buffer.from(bytes);
  if (random.chance(0.5)) return copy.subarray(0, random.below(copy.length));
  for (let n = 1 + random.below(4); n > 0; n--)
    copy[random.below(Math.min(copy.length, 400))] = random.below(256);
  return copy;
}

function writeForm(bytes, random) {
  const part = (head, content) =>
    Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; ${head}\r\n\r\n`),
      content,
      Buffer.from('\r\n'),
    ]);
  const field = random.pick([
    ['name', 'a form'],
    ['test_rows', '3'],
    ['header', 'true'],
    ['columns', '{"id":"ignore"}'],
    ['columns', '{{{{'],
    ['scale', '1e999'],
    ['missing', ',,,NA'],
    ['__proto__', '1'],
  ]);
  const parts = [part('name="file"; filename="a.csv"', bytes)];
  if (random.chance(0.4)) parts.push(part(`name="${field[0]}"`, Buffer.from(field[1])));
  return Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

/**
 * Posts a body. `stop` is null, or after which share of the body the client hangs up or falls silent. Resolves to status, headers
 * and text, or to null if the connection ended without an answer.
 */
export function send(url, agent, { path, type, body }, { stop = null, timeoutMs }) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': body.length, ...(type !== '' && { 'content-type': type }) };
    const options = { agent: stop === null ? agent : false, method: 'POST', headers, timeout: timeoutMs };
    const outgoing = request(`${url}${path}`, options, (incoming) => {
      const pieces = [];
      incoming.on('data', (piece) => pieces.push(piece));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        resolve({ status: incoming.statusCode, headers: incoming.headers, text });
        if (stop !== null) outgoing.destroy();
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    outgoing.on('error', (error) => {
      if (stop === null || /no answer/.test(error.message)) reject(error);
      else resolve(null);
    });
    outgoing.on('close', () => resolve(null));
    if (stop === null) outgoing.end(body);
    else {
      outgoing.write(body.subarray(0, Math.floor(body.length * stop.after)), () => {
        if (stop.hangUp) setTimeout(() => outgoing.destroy(), 5);
      });
    }
  });
}
