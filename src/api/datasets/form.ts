import type { IncomingHttpHeaders } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { AppError } from '../../errors.ts';

/** A multipart form: one file and settings as fields, in any order. */
export interface UploadForm {
  readonly file: Readable;
  /** Settles when the whole form has arrived. Errors: data_invalid. */
  readonly rest: Promise<FormRest>;
}

export interface FormRest {
  readonly fields: Readonly<Record<string, string>>;
  /** Of the file, if the client named one. */
  readonly filename: string | undefined;
}

const LIMITS = { files: 1, fields: 20, fieldNameSize: 100, fieldSize: 2 ** 18, parts: 21, headerPairs: 20 };

/** Reads a form as fast as its file is read. The file fails with the errors of the body, and with data_invalid. */
export function openForm(body: Readable, headers: IncomingHttpHeaders): UploadForm {
  const file = new PassThrough();
  const rest = collect(body, headers, file);
  // Whoever reads the file, or the rest, gets the error.
  rest.catch((error: unknown) => file.destroy(error as Error));
  file.once('error', () => undefined);
  return { file, rest };
}

function collect(body: Readable, headers: IncomingHttpHeaders, file: PassThrough): Promise<FormRest> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = Object.create(null) as Record<string, string>;
    let filename: string | undefined;
    let found = false;
    const parser = createParser(headers);
    const fail = (error: unknown) => {
      body.unpipe(parser);
      reject(error instanceof AppError ? error : refuseForm(describe(error)));
    };
    parser.on('file', (_field, stream, name) => {
      [found, filename] = [true, name === '' ? undefined : name];
      stream.on('error', fail).pipe(file);
    });
    parser.on('field', (name, value, nameCut, valueCut) => {
      if (nameCut || valueCut) fail(refuseForm(`a field of more than ${LIMITS.fieldSize} bytes`));
      else fields[name] = value;
    });
    for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const) {
      parser.on(limit, () => {
        fail(refuseForm('more parts'));
      });
    }
    parser.on('error', fail);
    parser.on('finish', () => {
      if (found) resolve({ fields, filename });
      else fail(refuseForm('no file'));
    });
    body.once('error', reject);
    // Nobody reads the file any more: the rest of the form is not wanted either.
    file.once('close', () => {
      body.unpipe(parser);
    });
    body.pipe(parser);
  });
}

/** Errors: data_invalid without a boundary. */
function createParser(headers: IncomingHttpHeaders): BusboyInstance {
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
      limits: LIMITS,
    });
  } catch (error) {
    throw refuseForm(describe(error));
  }
}

const describe = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/\.$/, '').toLowerCase() : 'bytes that cannot be read';

const refuseForm = (found: string): AppError =>
  AppError.of('data_invalid', {
    where: 'the form',
    found,
    allowed: `one file and at most ${LIMITS.fields} fields, as curl -F file=@orders.csv sends them`,
  });
