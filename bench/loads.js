import { SocketClient } from './socket-client.js';

/** Status of a request whose connection broke. */
export const BROKEN = 0;

/**
 * Every client sends, waits for the answer and sends again, for `seconds`. `next` gives the bytes of a request and what to do with its
 * answer. Returns {at, ms, status} of each request; `at` is when the answer came, in ms since the start.
 */
export async function runClosedLoop(url, clients, seconds, next) {
  const started = performance.now();
  const records = [];
  const run = async () => {
    const client = new SocketClient(url);
    while (performance.now() - started < seconds * 1000) {
      const { bytes, onAnswer } = next();
      const sentAt = performance.now();
      const answer = await client.send(bytes).catch(() => null);
      const now = performance.now();
      records.push({ at: now - started, ms: now - sentAt, status: answer?.status ?? BROKEN });
      if (answer !== null) onAnswer?.(answer);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: clients }, run));
  return records;
}

/**
 * Sends requests at fixed times, whether or not earlier ones are answered, over as many connections as it takes but at most `most`: a
 * request that finds all of them in use is not sent. Times count from when a request was due, so that a client that lags hides nothing.
 * `ended` is called when the last one was due. Returns {ms, status} of each request that was sent, and how many were not.
 */
export async function runOpenLoop(url, { rate, seconds, bytes, most, ended }) {
  const started = performance.now();
  const total = Math.round(rate * seconds);
  const [records, idle, pending] = [[], [], new Set()];
  let [opened, offered, unsent] = [0, 0, 0];
  const send = async (client, dueAt) => {
    const answer = await client.send(bytes).catch(() => null);
    records.push({ ms: performance.now() - started - dueAt, status: answer?.status ?? BROKEN });
    idle.push(client);
  };
  const offer = (dueAt) => {
    const client = idle.pop() ?? (opened < most ? (opened++, new SocketClient(url)) : null);
    if (client === null) return unsent++;
    const sending = send(client, dueAt).finally(() => pending.delete(sending));
    return pending.add(sending);
  };
  while (offered < total) {
    const now = performance.now() - started;
    for (; offered < total && (offered * 1000) / rate <= now; offered++) offer((offered * 1000) / rate);
    await new Promise((done) => setTimeout(done, 1));
  }
  const after = ended();
  await Promise.all(pending);
  for (const client of idle) client.close();
  return { records, unsent, connections: opened, after: await after };
}

export function findQuantile(values, share) {
  if (values.length === 0) return NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
