import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createReadableStream } from '../../src/cli/readable-lines.ts';
import { createServiceLog } from '../../src/cli/service-log.ts';
import type { Output } from '../../src/cli/terminal.ts';

const TERMINAL = { isTTY: true } as const;

function record(settings: Partial<Output> = {}): Output & { readonly lines: () => string[] } {
  let written = '';
  return {
    ...settings,
    write: (text) => (written += text),
    // Without the time of day.
    lines: () => written.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d /, '')),
  };
}

describe('on a terminal', () => {
  const settings = { logLevel: 'info', logFormat: 'auto' } as const;

  it('the service tells its address in words', () => {
    const output = record(TERMINAL);
    const log = createServiceLog(settings, output, { NO_COLOR: '1' });
    log.announce('listening', { url: 'http://127.0.0.1:8080', queue: 'embedded', data: '/data' });
    expect(output.lines()).toEqual([
      'aevb listens on http://127.0.0.1:8080 (documentation: http://127.0.0.1:8080/docs)',
      '         Data folder: /data',
      '         Press Ctrl-C to stop.',
      '',
    ]);
  });

  it('lines below the level asked for are left out', () => {
    const output = record(TERMINAL);
    createServiceLog({ ...settings, logLevel: 'warn' }, output, {}).announce('stopped', {});
    expect(output.lines()).toEqual(['']);
  });

  it.each([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
  ])('colour follows the environment %j', (environment, coloured) => {
    const output = record(TERMINAL);
    createServiceLog(settings, output, environment).announce('stopped', {});
    expect(output.lines().join('').includes('\u001b[')).toBe(coloured);
  });
});

describe('the format', () => {
  it.each([
    ['auto', true, true],
    ['auto', false, false],
    ['pretty', false, true],
    ['json', true, false],
  ] as const)('%s with a terminal: %s is readable: %s', (logFormat, isTTY, readable) => {
    expect(createServiceLog({ logLevel: 'silent', logFormat }, record({ isTTY }), {}).readable).toBe(
      readable,
    );
  });
});

describe('a readable line', () => {
  function tell(...calls: ((log: pino.Logger) => void)[]): string[] {
    const output = record();
    const serializers = { err: pino.stdSerializers.err };
    const log = pino({ serializers }, createReadableStream(output, {}));
    for (const call of calls) call(log);
    return output.lines().slice(0, -1);
  }

  it('tells a request once, with its status, and why it was refused', () => {
    const answered = (reqId: string, statusCode: number) => (log: pino.Logger) => {
      log.info({ reqId, res: { statusCode }, responseTime: 3.4 }, 'request completed');
    };
    expect(
      tell(
        (log) => {
          log.info({ reqId: 'a', req: { method: 'POST', url: '/jobs' } }, 'incoming request');
        },
        (log) => {
          log.info({ reqId: 'b', req: { method: 'GET', url: '/models' } }, 'incoming request');
        },
        (log) => {
          log.info({ reqId: 'a', code: 'validation_failed' }, 'request refused');
        },
        answered('b', 200),
        answered('a', 422),
      ),
    ).toEqual(['GET /models 200 (3 ms)', 'POST /jobs 422 validation_failed (3 ms)']);
  });

  it('says what a warning is about', () => {
    const error = new Error('connect ECONNREFUSED');
    expect(
      tell((log) => {
        log.warn({ err: error, omitted: 3 }, 'The queue does not answer');
      }),
    ).toEqual(['Warning: The queue does not answer: connect ECONNREFUSED (omitted: 3)']);
  });

  it('shows where an error came from', () => {
    const [first, second] = tell((log) => {
      log.error({ err: new Error('boom'), job: 'job_1' }, 'A train job failed');
    });
    expect(first).toBe('Error: A train job failed: boom (job: job_1)');
    expect(second).toContain('Error: boom');
  });

  it('cannot be forged, nor made to control the terminal, by names, URLs and messages', () => {
    const hostile = '\u001b[2J\u009b31m\u0007\r\u202eevil\n12:00:00 Stopped.';
    const written: string[] = [];
    const log = pino({}, createReadableStream({ write: (text) => written.push(text) }, {}));
    log.warn({ name: hostile, err: { message: hostile, stack: hostile } }, hostile);
    log.info({ reqId: 'a', req: { method: 'GET', url: `/models/${hostile}` } }, 'incoming request');
    log.info({ reqId: 'a', res: { statusCode: 404 } }, 'request completed');
    const text = written.join('');
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
    expect(text).toContain('\\u001b[2J\\u009b31m\\u0007\\u000d\\u202eevil');
    expect(text.match(/^\d/gm)).toHaveLength(2);
  });
});
