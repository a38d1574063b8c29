import { expect, it } from 'vitest';
import { createTurnstile } from '../../../src/store/ingest/turnstile.ts';

it('lets as many pass as it has places, and the others in their order', async () => {
  const enter = createTurnstile(2);
  const passed: string[] = [];
  const pass = async (name: string) => {
    const leave = await enter();
    passed.push(name);
    return leave;
  };
  const [leaveA, leaveB] = [await pass('a'), await pass('b')];
  const [c, d] = [pass('c'), pass('d')];
  await Promise.resolve();
  expect(passed).toEqual(['a', 'b']);
  leaveA();
  const leaveC = await c;
  expect(passed).toEqual(['a', 'b', 'c']);
  leaveB();
  leaveC();
  (await d)();
  await pass('e');
  await pass('f');
  expect(passed).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

it('takes who gives up out of the line', async () => {
  const enter = createTurnstile(1);
  const leave = await enter();
  const gone = new AbortController();
  const waiting = enter(gone.signal);
  const next = enter();
  gone.abort('gone');
  await expect(waiting).rejects.toBe('gone');
  leave();
  (await next)();
  await expect(enter(gone.signal)).rejects.toBe('gone');
});
