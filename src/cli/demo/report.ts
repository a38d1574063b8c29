import { isAbsolute, relative } from 'node:path';
import type { EncodeAnswer } from '../../api/inference/schemas.ts';
import { formatCount, formatNats } from '../format.ts';
import { DRAWS, type Comparison, type Scores } from './scoring.ts';
import type { Training } from './training.ts';

export interface WrittenFile {
  readonly path: string;
  readonly what: string;
}

export interface Findings {
  readonly training: Training;
  readonly posterior: EncodeAnswer;
  readonly scores: Scores;
  readonly files: readonly WrittenFile[];
}

/** Training rows of MNIST. */
const TRAINING_IMAGES = 60_000;

/** Formats the findings, and what to do next, as a table with two columns. */
export function formatReport(
  { training, posterior, scores, files }: Findings,
  workingFolder: string,
): string {
  const paths = files.map(({ path, what }) => [shortenPath(path, workingFolder), what] as const);
  const widest = Math.max(...paths.map(([path]) => path.length));
  return formatTable([
    ['Model', ['MNIST, 784-500-20, tanh, Bernoulli; minibatches of 100, L = 1, Adam 0.001']],
    ['Test bound', [`${formatNats(training.testBound)} nats per image, over the 10,000 test images`]],
    ['Training', formatTraining(training)],
    ['Encode', formatLatents(posterior)],
    ['Score', formatScores(scores)],
    ['Files', paths.map(([path, what]) => `${path.padEnd(widest)}  ${what}`)],
    [
      'Next',
      [
        'npm start',
        `curl localhost:8080/jobs -H 'content-type: application/json' -d '{"dataset_id":"mnist"}'`,
      ],
    ],
  ]);
}

function formatScores({ images, bound, upsideDown, shuffled }: Scores): string[] {
  const line = (value: number, what: string): string => `${formatNats(value).padStart(6)} nats  ${what}`;
  const spoilt = (how: string, { bound: value, lower }: Comparison): string =>
    line(value, `${how}: lower for ${lower} of ${images}`);
  return [
    line(bound, `${images} test images (bound of each from ${DRAWS} draws)`),
    spoilt('the same upside down', upsideDown),
    spoilt('the same with their pixels shuffled', shuffled),
  ];
}

function formatTraining({ seconds, epochs, runtime }: Training): string[] {
  const count = epochs.at(-1)?.epoch ?? 0;
  const rate = (count * TRAINING_IMAGES) / seconds;
  const passes = `${count} ${count === 1 ? 'epoch' : 'epochs'} of ${formatCount(TRAINING_IMAGES)} images`;
  return [
    `${seconds.toFixed(1)} s for ${passes}, ${formatCount(rate)} images/s, testing included (${runtime})`,
  ];
}

/** Shows the three latents of the first image with the smallest standard deviations. */
function formatLatents({ mean, standard_deviation: deviation }: EncodeAnswer): string[] {
  const latents = (mean[0] ?? []).map((value, i) => ({ i, value, spread: deviation[0]?.[i] ?? NaN }));
  const surest = latents.toSorted((a, b) => a.spread - b.spread).slice(0, 3);
  const shown = surest.map(
    ({ i, value, spread }) => `z${i + 1} = ${value.toFixed(2)} \u00b1 ${spread.toFixed(2)}`,
  );
  return [`${mean.length} test images to ${latents.length} numbers each; of the first: ${shown.join(', ')}`];
}

function formatTable(rows: readonly (readonly [name: string, lines: readonly string[]])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.flatMap(([name, texts]) =>
    texts.map((line, i) => (i === 0 ? name : '').padEnd(width) + line),
  );
  return `${lines.join('\n')}\n`;
}

/** A relative path if the file is below the working folder. */
export function shortenPath(path: string, workingFolder: string): string {
  const short = relative(workingFolder, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
