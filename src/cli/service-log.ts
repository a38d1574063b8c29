import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config, Environment } from '../config.ts';
import { createReadableStream } from './readable-lines.ts';
import type { Output } from './terminal.ts';

/** The values of each event in a service's life. The event's name is the `msg` of its JSON line. */
interface Events {
  'worker ready': {
    readonly queue: string;
    readonly train: number;
    readonly evaluate: number;
    readonly infer: number;
  };
  listening: { readonly url: string; readonly queue: string; readonly data: string };
  stopping: { readonly reason: string };
  stopped: Record<string, never>;
}

/** The same events in words, for people. */
const WORDS: { readonly [Name in keyof Events]: (values: Events[Name]) => string } = {
  'worker ready': ({ queue, train, evaluate, infer }) =>
    `Worker ready. Queue: ${queue}. At once: ${train} training, ${evaluate} evaluation, ${infer} inference.`,
  listening: ({ url, data }) =>
    `aevb listens on ${url} (documentation: ${url}/docs)\nData folder: ${data}\nPress Ctrl-C to stop.`,
  stopping: ({ reason }) => `Stopping (${reason}): running jobs write a checkpoint ...`,
  stopped: () => 'Stopped.',
};

export interface ServiceLog {
  readonly logger: Logger;
  /** True if the log is for people. Then it also reports jobs. */
  readonly readable: boolean;
  announce<Name extends keyof Events>(event: Name, values: Events[Name]): void;
}

type Settings = Pick<Config, 'logLevel' | 'logFormat'>;

/** Writes readable lines on a terminal or if the configuration says so, and JSON lines otherwise. */
export function createServiceLog(
  { logLevel, logFormat }: Settings,
  output: Output,
  environment: Environment,
): ServiceLog {
  const readable = logFormat === 'pretty' || (logFormat === 'auto' && output.isTTY === true);
  if (!readable) return createJsonLog(logLevel);
  const logger = pino({ level: logLevel }, createReadableStream(output, environment));
  return {
    logger,
    readable,
    announce: (event, values) => {
      logger.info({}, WORDS[event](values));
    },
  };
}

/** JSON lines, to standard output by default. */
export function createJsonLog(level: Config['logLevel'], destination?: DestinationStream): ServiceLog {
  const logger = destination === undefined ? pino({ level }) : pino({ level }, destination);
  return {
    logger,
    readable: false,
    announce: (event, values) => {
      const [fields, message]: [object, string] = [values, event];
      logger.info(fields, message);
    },
  };
}
