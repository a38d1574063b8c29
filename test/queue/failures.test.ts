import { UnrecoverableError } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { toBullError, parseFailure, retryDelayMs } from '../../src/queue/failures.ts';

describe('errors that cross the queue', () => {
  it('arrive with code, message and problems', () => {
    const problems = [{ pointer: '/a', detail: 'is missing' }];
    const error = AppError.of('validation_failed', { what: 'It' }, { problems });
    expect(parseFailure(toBullError(error).message)).toEqual(error.toJSON());
  });

  it('arrive as internal, without their text, where they were not foreseen', () => {
    const failure = toBullError(new TypeError('secret'));
    expect(failure.message).not.toContain('secret');
    expect(parseFailure(failure.message)).toEqual(AppError.of('internal', {}).toJSON());
  });

  it('are tried again unless they would end the same', () => {
    expect(toBullError(AppError.of('id_invalid', { id: 'x' }))).toBeInstanceOf(UnrecoverableError);
    expect(toBullError(AppError.of('overloaded', { what: 'It' }))).not.toBeInstanceOf(UnrecoverableError);
    expect(toBullError(new Error('odd'))).not.toBeInstanceOf(UnrecoverableError);
  });

  it('are tried again after a second, those of a full disk ever later', () => {
    const full = toBullError(AppError.of('store_full', { key: 'models/x', code: 'ENOSPC' }));
    expect(full).not.toBeInstanceOf(UnrecoverableError);
    const attempts = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(attempts.map((attempt) => retryDelayMs(full, attempt) / 1000)).toEqual([
      10, 20, 40, 80, 160, 300, 300, 300, 300,
    ]);
    expect(attempts.map((attempt) => retryDelayMs(toBullError(new Error('odd')), attempt))).toEqual(
      attempts.map(() => 1000),
    );
  });

  it.each([undefined, '', 'text', '{}', '{"code":"no_such","message":"m","problems":[]}', 'null'])(
    'are internal where the reason is %j',
    (reason) => {
      expect(parseFailure(reason).code).toBe('internal');
    },
  );

  it('name a worker that died', () => {
    expect(parseFailure('job stalled more than allowable limit').code).toBe('worker_process_died');
  });
});
