import type { TrainJob } from '../api/jobs/schemas.ts';
import type { Metrics } from '../api/models/schemas.ts';
import { formatClock, formatCount, formatNats } from './format.ts';
import { createLiveLine } from './live-line.ts';
import { isTerminal, usesColour, type Output } from './terminal.ts';
import type { Environment } from '../config.ts';

type JobProgress = NonNullable<TrainJob['progress']>;
/** What a row of the data set is called. */
export type RowWord = 'images' | 'rows';
export type Epoch = Metrics['data'][number];

export interface ProgressDisplay {
  /** True: the display rewrites one line (on a terminal). False: it prints one line per epoch. */
  readonly live: boolean;
  /** Live only: shows the job's progress, and the bound on test rows if the training watches them. */
  update(progress: JobProgress | null, testElbo?: number | null): void;
  /** Not live only: prints a line for a finished epoch. */
  epoch(epoch: Epoch, epochs: number): void;
  /** Removes the live line. Safe to call twice. */
  clear(): void;
}

const BAR = { smallest: 8, largest: 30 } as const;
const [CYAN, PLAIN] = ['\u001b[36m', '\u001b[39m'];

export function createProgress(
  output: Output,
  environment: Environment,
  word: RowWord = 'images',
): ProgressDisplay {
  const line = createLiveLine(output, environment);
  const live = isTerminal(output, environment);
  const colour = usesColour(output, environment);
  return {
    live,
    update: (progress, testElbo = null) => {
      // Leave the last column free, because a full line wraps on some terminals.
      const text = formatProgress(progress, (output.columns ?? 80) - 1, testElbo, word);
      line.show(colour ? text.replace(/\u2588+/, (done) => CYAN + done + PLAIN) : text);
    },
    epoch: (epoch, epochs) => {
      if (!live) output.write(`${formatEpoch(epoch, epochs)}\n`);
    },
    clear: () => {
      line.clear();
    },
  };
}

/** One line of at most `columns` characters. If there is little room, it omits the less important parts. */
export function formatProgress(
  progress: JobProgress | null,
  columns: number,
  testElbo: number | null = null,
  word: RowWord = 'images',
): string {
  if (progress === null) return `preparing the ${word} and the model ...`.slice(0, columns);
  const done = progress.total_steps === 0 ? 1 : progress.step / progress.total_steps;
  const head = describeBudget(progress);
  const percent = `${Math.floor(done * 100)}%`.padStart(4);
  const unlessNone = (value: number | null, words: (value: number) => string): string =>
    value === null || value === 0 ? '' : words(value);
  const rest = {
    rate: unlessNone(progress.rows_per_second, (rate) => `${formatCount(rate)} ${word}/s`),
    train: unlessNone(progress.train_elbo, (bound) => `train ${formatNats(bound)}`),
    heldOut:
      testElbo === null
        ? unlessNone(progress.validation_elbo, (bound) => `validation ${formatNats(bound)}`)
        : `test ${formatNats(testElbo)}`,
    left: unlessNone(progress.seconds_left, (seconds) => `${formatClock(seconds)} left`),
  };
  const layouts = [
    ['rate', 'train', 'heldOut', 'left'],
    ['train', 'heldOut', 'left'],
    ['heldOut', 'left'],
    ['left'],
  ] as const;
  for (const names of layouts) {
    const tail = names.map((name) => rest[name]).filter((text) => text !== '');
    const withBar = (drawn: string): string => [`${head} ${drawn}${percent}`, ...tail].join('  ');
    const size = Math.min(BAR.largest, columns - withBar('').length);
    if (size >= BAR.smallest) return withBar(drawBar(done, size));
  }
  return `${head}${percent}`.slice(0, columns);
}

/** In the unit of the budget. */
function describeBudget({ step, total_steps: steps, epoch, epochs }: JobProgress): string {
  return epochs === null
    ? `step ${formatCount(step)}/${formatCount(steps)}`
    : `epoch ${Math.min(epoch + 1, epochs)}/${epochs}`;
}

function drawBar(done: number, size: number): string {
  const full = Math.floor(Math.min(1, Math.max(0, done)) * size);
  return '\u2588'.repeat(full) + '\u2591'.repeat(size - full);
}

export function formatEpoch(epoch: Epoch, epochs: number): string {
  const bounds = `train bound ${formatNats(epoch.train_elbo)}, test bound ${formatNats(epoch.test_elbo)} nats per image`;
  return `epoch ${epoch.epoch}/${epochs}: ${bounds}, ${formatCount(epoch.rows_per_second)} images/s`;
}
