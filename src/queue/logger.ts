/** The part of pino's interface that the queue needs; Fastify's logger has it too. */
export interface QueueLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export type Report = (message: string, error: unknown) => void;

/**
 * Logs errors that come in floods, such as a server that is away: one line per message and interval. `omitted` counts the lines
 * left out since the previous one.
 */
export function limitRate(logger: QueueLogger, intervalMs = 30_000): Report {
  const seen = new Map<string, { since: number; omitted: number }>();
  return (message, error) => {
    const now = Date.now();
    const last = seen.get(message);
    if (last !== undefined && now - last.since < intervalMs) {
      last.omitted += 1;
      return;
    }
    seen.set(message, { since: now, omitted: 0 });
    logger.warn({ err: error, omitted: last?.omitted ?? 0 }, message);
  };
}
