import { AppError } from '../../errors.ts';

/** Limits on any body. Parsing blocks the process, and nesting costs far more than its bytes. */
export interface JsonBounds {
  /** Maximum nesting of arrays and objects. */
  readonly depth: number;
  /** Maximum number of arrays and objects. */
  readonly containers: number;
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c] as const;
/** All that is not less than this may be a letter or a bracket. */
const LETTERS = 0x40;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d] as const;

/** Checks a JSON text piece by piece, before it is parsed. Errors: too_large. */
export function boundJson({ depth, containers }: JsonBounds): (piece: Uint8Array) => void {
  let [open, all, inString, escaped] = [0, 0, false, false];
  return (piece) => {
    // An index is several times as fast here as an iterator.
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i] ?? 0;
      // Nearly all of a body: digits, points, signs, commas and blanks.
      if (byte < LETTERS && !inString && byte !== QUOTE) continue;
      if (escaped) escaped = false;
      else if (inString) {
        escaped = byte === BACKSLASH;
        inString = byte !== QUOTE;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        open += 1;
        all += 1;
        if (open > depth) throw refuse('The nesting of the body', depth, 'levels');
        if (all > containers) throw refuse('The body', containers, 'arrays and objects');
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) open -= 1;
    }
  };
}

function refuse(what: string, limit: number, unit: string): AppError {
  return AppError.of('too_large', { what, limit, unit });
}
