import { pino, type DestinationStream } from 'pino';
import type { Environment } from '../config.ts';
import { escapeControls, usesColour, type Output } from './terminal.ts';

/** The fields of a line from pino or Fastify that are shown. Warnings and errors also show all others. */
interface Line {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly err?: { readonly message: string; readonly stack: string };
  readonly reqId?: string;
  readonly req?: { readonly method: string; readonly url: string };
  readonly res?: { readonly statusCode: number };
  readonly responseTime?: number;
  /** The error code of a rejected request. */
  readonly code?: string;
}

const SHOWN = new Set(['level', 'time', 'msg', 'err', 'pid', 'hostname', 'reqId']);
const { warn: WARN, error: ERROR } = pino.levels.values as { readonly warn: number; readonly error: number };
const COLOURS = { dim: '\u001b[2m', yellow: '\u001b[33m', red: '\u001b[31m' } as const;
const PLAIN = '\u001b[0m';
/** Maximum number of open requests to remember, because the end of a request may never be logged. */
const MOST_REQUESTS = 1_000;

/** A stream for pino's JSON lines that writes readable lines to `output`. */
export function createReadableStream(output: Output, environment: Environment): DestinationStream {
  const colour = usesColour(output, environment);
  const toText = createLineReader();
  const paint = (name: keyof typeof COLOURS, text: string): string =>
    colour ? COLOURS[name] + text + PLAIN : text;
  return {
    write: (json) => {
      const line = JSON.parse(json) as Line;
      const text = toText(line);
      if (text === null) return;
      const time = new Date(line.time).toLocaleTimeString('en-GB');
      const indented = escapeControls(text).replaceAll('\n', `\n${' '.repeat(time.length + 1)}`);
      output.write(`${paint('dim', time)} ${paintBySeverity(indented)}\n`);

      function paintBySeverity(words: string): string {
        if (line.level >= ERROR) return `${paint('red', 'Error:')} ${words}`;
        return line.level >= WARN ? `${paint('yellow', 'Warning:')} ${words}` : words;
      }
    },
  };
}

/** Turns lines into text, or null to skip one. A request gives one line, when it has been answered. */
function createLineReader(): (line: Line) => string | null {
  const requests = new Map<string, { readonly what: string; code?: string }>();
  return (line) => {
    const { reqId = '', req, res, code, msg = '' } = line;
    if (req !== undefined) {
      const [oldest] = requests.keys();
      if (requests.size >= MOST_REQUESTS && oldest !== undefined) requests.delete(oldest);
      requests.set(reqId, { what: `${req.method} ${req.url}` });
      return null;
    }
    const request = requests.get(reqId);
    if (res !== undefined) {
      requests.delete(reqId);
      return request === undefined ? null : describeAnswer(request, res.statusCode, line.responseTime);
    }
    if (request !== undefined && code !== undefined) {
      request.code = code;
      return null;
    }
    // Fastify logs each address that it listens on; the service logs its own.
    return msg.startsWith('Server listening at') ? null : describe(line);
  };
}

function describeAnswer(
  { what, code }: { readonly what: string; readonly code?: string },
  status: number,
  ms = 0,
): string {
  return `${what} ${status}${code === undefined ? '' : ` ${code}`} (${Math.round(ms)} ms)`;
}

/** The message and the error. Warnings and errors also show their details, and errors their stack. */
function describe(line: Line): string {
  const { msg = '', err, level } = line;
  const whole = [msg, err?.message].filter((text) => text !== undefined && text !== '').join(': ');
  if (level < WARN) return whole;
  const details = Object.entries(line)
    .filter(([name, value]) => !SHOWN.has(name) && value !== 0)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const head = details.length === 0 ? whole : `${whole} (${details.join(', ')})`;
  return level >= ERROR && err !== undefined ? `${head}\n${err.stack}` : head;
}
