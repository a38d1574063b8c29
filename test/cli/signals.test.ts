import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SAME_PRESS_MS, waitForStop } from '../../src/cli/signals.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const force = vi.fn<() => void>();
let before: Map<NodeJS.Signals, NodeJS.SignalsListener[]>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  force.mockReset();
  before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
  for (const signal of SIGNALS) process.removeAllListeners(signal);
});
afterEach(() => {
  vi.useRealTimers();
  for (const [signal, listeners] of before) {
    process.removeAllListeners(signal);
    for (const listener of listeners) process.on(signal, listener);
  }
});

test.each(SIGNALS)('%s asks to stop, once more forces it', async (signal) => {
  const stopped = waitForStop(force);
  process.emit(signal);
  expect(await stopped).toBe(signal);
  expect(force).not.toHaveBeenCalled();
  vi.advanceTimersByTime(SAME_PRESS_MS + 1);
  process.emit(signal);
  expect(force).toHaveBeenCalledOnce();
});

test('a signal that npm passes on as well is one signal', async () => {
  const stopped = waitForStop(force);
  process.emit('SIGINT');
  await stopped;
  vi.advanceTimersByTime(SAME_PRESS_MS - 1);
  process.emit('SIGINT');
  process.emit('SIGTERM');
  expect(force).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2);
  process.emit('SIGINT');
  expect(force).toHaveBeenCalledOnce();
});
