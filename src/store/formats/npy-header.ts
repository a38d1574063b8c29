import { AppError } from '../../errors.ts';
import type { DenseHeader } from './dense.ts';
import type { ElementType, Encoding } from './elements.ts';

/** Element codes of `descr`, after the byte order. */
const TYPES: ReadonlyMap<string, ElementType> = new Map([
  ['u1', 'uint8'],
  ['i1', 'int8'],
  ['b1', 'bool'],
  ['u2', 'uint16'],
  ['i2', 'int16'],
  ['u4', 'uint32'],
  ['i4', 'int32'],
  ['u8', 'uint64'],
  ['i8', 'int64'],
  ['f4', 'float32'],
  ['f8', 'float64'],
]);
const ONE_BYTE = new Set<ElementType>(['uint8', 'int8', 'bool']);

/** One token of the dictionary: punctuation, a quoted text, a name or a whole number. */
const TOKEN = /\s*([{}(),:]|'[^'\\]{0,64}'|"[^"\\]{0,64}"|[A-Za-z]{1,16}|[0-9]{1,16})/y;

/**
 * The header of an NPY file: a Python dictionary of exactly descr, fortran_order and shape, e.g.
 * `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 784), }`. It is read token by token and never evaluated.
 * `offset` is where the text begins in the file, for messages.
 */
export function parseNpyHeader(text: string, offset: number): DenseHeader {
  const tokens = new Tokens(text, offset);
  const fields: Partial<Fields> = {};
  tokens.expect('{');
  while (!tokens.skip('}')) {
    const key = tokens.quoted();
    if (!isField(key) || key in fields) throw tokens.wrong(`one each of ${NAMES}`);
    tokens.expect(':');
    Object.assign(fields, { [key]: FIELDS[key](tokens) });
    if (!tokens.skip(',')) {
      tokens.expect('}');
      break;
    }
  }
  tokens.end();
  const { descr, fortran_order: order, shape } = fields;
  if (descr === undefined || order === undefined || shape === undefined)
    throw tokens.wrong(`all of ${NAMES}`);
  return { ...descr, shape, where: `byte ${offset}` };
}

interface Fields {
  readonly descr: Encoding;
  readonly fortran_order: false;
  readonly shape: readonly number[];
}

const FIELDS: { readonly [Name in keyof Fields]: (tokens: Tokens) => Fields[Name] } = {
  descr: parseDescr,
  fortran_order: parseOrder,
  shape: parseShape,
};
const NAMES = Object.keys(FIELDS).join(', ');
const isField = (key: string): key is keyof Fields => Object.hasOwn(FIELDS, key);

function parseDescr(tokens: Tokens): Encoding {
  const descr = tokens.quoted();
  const order = descr.charAt(0);
  const type = TYPES.get(descr.slice(1));
  const orders = type !== undefined && ONE_BYTE.has(type) ? '|<>=' : '<>=';
  if (type === undefined || !orders.includes(order)) {
    throw tokens.wrong(`< or > (| for one byte) and then ${[...TYPES.keys()].join(', ')}`);
  }
  return { type, littleEndian: order !== '>' };
}

function parseOrder(tokens: Tokens): false {
  if (tokens.next() === 'False') return false;
  throw tokens.wrong('False: rows first in memory (numpy.ascontiguousarray)');
}

function parseShape(tokens: Tokens): number[] {
  const shape: number[] = [];
  tokens.expect('(');
  while (!tokens.skip(')')) {
    const token = tokens.next();
    const axis = Number(token);
    if (!/^[0-9]+$/.test(token) || !Number.isSafeInteger(axis)) throw tokens.wrong('the length of an axis');
    shape.push(axis);
    if (!tokens.skip(',')) {
      tokens.expect(')');
      break;
    }
  }
  return shape;
}

class Tokens {
  readonly #text: string;
  readonly #offset: number;
  #start = 0;
  #end = 0;

  constructor(text: string, offset: number) {
    this.#text = text;
    this.#offset = offset;
  }

  next(): string {
    TOKEN.lastIndex = this.#start = this.#end;
    const token = TOKEN.exec(this.#text)?.[1];
    if (token === undefined) throw this.wrong('a Python dictionary of descr, fortran_order and shape');
    this.#end = TOKEN.lastIndex;
    this.#start = this.#end - token.length;
    return token;
  }

  /** Takes the next token if it is this one. */
  skip(token: string): boolean {
    const end = this.#end;
    if (this.next() === token) return true;
    this.#end = end;
    return false;
  }

  expect(token: string): void {
    if (this.next() !== token) throw this.wrong(token);
  }

  quoted(): string {
    const token = this.next();
    if (!/^['"]/.test(token)) throw this.wrong('a quoted text');
    return token.slice(1, -1);
  }

  end(): void {
    this.#start = this.#end;
    if (this.#text.slice(this.#end).trim() !== '') throw this.wrong('the end of the header');
  }

  /** The error for the text at the position of the last token. */
  wrong(allowed: string): AppError {
    const found = JSON.stringify(this.#text.slice(this.#start, this.#start + 40).trim());
    return AppError.of('data_invalid', { where: `byte ${this.#offset + this.#start}`, found, allowed });
  }
}
