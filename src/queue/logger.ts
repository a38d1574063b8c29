/** Where the queue tells what happens to it; pino's and Fastify's loggers fit. */
export interface QueueLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export type Report = (message: string, error: unknown) => void;

/**
 * Logs errors that come in floods (a server that is away): one line for each message and interval, the next one
 * with the number of those left out.
 */
export function rateLimited(logger: QueueLogger, intervalMs = 30_000): Report {
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
