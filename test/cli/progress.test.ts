import { describe, expect, test } from 'vitest';
import { formatClock } from '../../src/cli/format.ts';
import { createProgress, formatEpoch, formatProgress } from '../../src/cli/progress.ts';
import type { Output } from '../../src/cli/terminal.ts';

const PROGRESS = {
  step: 1620,
  total_steps: 3000,
  epoch: 2,
  epochs: 5,
  rows_per_second: 17_012.4,
  train_elbo: -110.44,
  validation_elbo: null,
  seconds_left: 8.1,
  runtime: 'onnx/cpu',
  pid: 1,
};

const EPOCH = {
  step: 600,
  epoch: 1,
  time: '2024-01-01T00:00:00.000Z',
  train_elbo: -135.36,
  validation_elbo: null,
  validation_log_likelihood: null,
  validation_kl_divergence: null,
  test_elbo: null,
  test_log_likelihood: null,
  test_kl_divergence: null,
  rows_per_second: 17_000,
};

function recorder(settings: Partial<Output> = {}): Output & { readonly written: string[] } {
  const written: string[] = [];
  return { written, write: (text) => written.push(text), ...settings };
}

describe('progress line', () => {
  test('counts steps if the budget is in steps', () => {
    const line = formatProgress({ ...PROGRESS, epochs: null }, 60);
    expect(line).toMatch(/^step 1,620\/3,000 .* 54%/);
  });

  test.each([
    [
      120,
      'epoch 3/5 ████████████████░░░░░░░░░░░░░░ 54%  17,012 images/s  train -110.4  test -109.1  0:09 left',
    ],
    [80, 'epoch 3/5 █████░░░░░░ 54%  17,012 images/s  train -110.4  test -109.1  0:09 left'],
    [60, 'epoch 3/5 ████░░░░ 54%  train -110.4  test -109.1  0:09 left'],
    [40, 'epoch 3/5 ████████░░░░░░░ 54%  0:09 left'],
    [16, 'epoch 3/5 54%'],
    [5, 'epoch'],
  ])('fits %d columns', (columns, line) => {
    expect(formatProgress(PROGRESS, columns, -109.07)).toBe(line);
  });

  test('names the bound of validation rows if test rows are not watched', () => {
    expect(formatProgress({ ...PROGRESS, validation_elbo: -109.07 }, 80)).toContain('validation -109.1');
  });

  test('is never wider than asked for', () => {
    for (let columns = 0; columns < 150; columns++) {
      expect(formatProgress(PROGRESS, columns).length).toBeLessThanOrEqual(columns);
    }
  });

  test('leaves out what is not known yet', () => {
    const first = {
      ...PROGRESS,
      step: 0,
      epoch: 0,
      rows_per_second: 0,
      train_elbo: null,
      validation_elbo: null,
      seconds_left: null,
    };
    expect(formatProgress(first, 60)).toBe('epoch 1/5 ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  0%');
    expect(formatProgress(null, 60)).toBe('preparing the images and the model ...');
  });

  test('stays at the last epoch when all is done', () => {
    const line = formatProgress({ ...PROGRESS, step: 3000, epoch: 5, seconds_left: 0 }, 80);
    expect(line).toContain('epoch 5/5');
    expect(line).toContain('100%');
  });
});

test('an epoch is told in one plain line', () => {
  expect(formatEpoch(EPOCH, 5)).toBe(
    'epoch 1/5: train bound -135.4, test bound - nats per image, 17,000 images/s',
  );
});

test.each([
  [0, '0:00'],
  [20.2, '0:21'],
  [725, '12:05'],
  [3723, '1:02:03'],
])('%d seconds read as %s', (seconds, text) => {
  expect(formatClock(seconds)).toBe(text);
});

describe('display', () => {
  test('rewrites one line on a terminal and clears it', () => {
    const output = recorder({ isTTY: true, columns: 100 });
    const display = createProgress(output, {});
    display.update(PROGRESS);
    display.update(PROGRESS);
    display.update({ ...PROGRESS, step: 1700 });
    display.clear();
    display.clear();
    expect(display.live).toBe(true);
    expect(output.written).toHaveLength(3);
    expect(output.written.join('')).not.toContain('\n');
    expect(output.written[0]).toContain('\u001b[36m');
    expect(output.written.at(-1)).toBe('\r\u001b[K');
  });

  test('uses no colour with NO_COLOR', () => {
    const output = recorder({ isTTY: true, columns: 100 });
    createProgress(output, { NO_COLOR: '1' }).update(PROGRESS);
    expect(output.written.join('')).not.toMatch(/\u001b\[\d/);
  });

  test.each([
    ['a pipe', {}, {}],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }],
  ])('writes only a line an epoch to %s', (_, settings, environment) => {
    const output = recorder(settings);
    const display = createProgress(output, environment);
    display.update(PROGRESS);
    display.epoch(EPOCH, 5);
    display.clear();
    expect(output.written).toEqual([`${formatEpoch(EPOCH, 5)}\n`]);
  });
});
