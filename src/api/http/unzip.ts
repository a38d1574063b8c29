import { Transform, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { HttpError } from './http-error.ts';

/**
 * Decompresses a gzip body. `check` gets every piece of the content before it is passed on, and throws to refuse the body: however large
 * the content claims to be, nothing is held beyond that. Errors: malformed_gzip, those of check and of the source.
 */
export function unzipBody(source: Readable, check: (piece: Buffer) => void): Readable {
  const gunzip = createGunzip();
  const content = new Transform({
    transform(piece: Buffer, _encoding, done) {
      try {
        check(piece);
        done(null, piece);
      } catch (error) {
        done(error as Error);
      }
    },
  });
  let received = 0;
  source.on('data', ({ length }: Buffer) => (received += length));
  // Fastify compares it with content-length.
  Object.defineProperty(content, 'receivedEncodedLength', { get: () => received });
  source.once('error', (error) => content.destroy(error));
  gunzip.once('error', ({ message }) => {
    content.destroy(new HttpError('malformed_gzip', { detail: `The body is not valid gzip: ${message}.` }));
  });
  // A reader handles this error, but there may be no reader.
  content.on('error', () => undefined);
  content.once('close', () => {
    gunzip.destroy();
    source.destroy();
  });
  return source.pipe(gunzip).pipe(content);
}

/** Whether the body is compressed. Errors: unsupported_encoding for anything but gzip. */
export function isZipped(header: string | undefined): boolean {
  const encoding = (header ?? 'identity').trim().toLowerCase();
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  if (encoding === 'identity' || encoding === '') return false;
  throw new HttpError('unsupported_encoding', {
    detail: `Content-Encoding ${encoding.slice(0, 100)} is not supported; allowed: gzip, or none.`,
    headers: { 'accept-encoding': 'gzip' },
  });
}
