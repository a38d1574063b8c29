import { resolve } from 'node:path';
import { UsageError } from '../usage-error.ts';

/** What can be reproduced. */
export const REPRODUCTIONS = ['figure2', 'figure3', 'figure4', 'figure5', 'variance', 'full-vb'] as const;
export type Reproduction = (typeof REPRODUCTIONS)[number];

export const DATA = ['MNIST', 'Frey'] as const;
export type DataName = (typeof DATA)[number];

/** A panel of figure 2: a data set and a latent size. */
export interface Panel {
  readonly data: DataName;
  readonly latents: number;
}

/** In the order of figure 2. */
export const PANELS: readonly Panel[] = [
  ...[3, 5, 10, 20, 200].map((latents) => ({ data: 'MNIST', latents }) as const),
  ...[2, 5, 10, 20].map((latents) => ({ data: 'Frey', latents }) as const),
];

export const INITIALIZERS = ['paper', 'fan_in'] as const;
export type Initializer = (typeof INITIALIZERS)[number];

/** Options as given on the command line. */
export interface Flags {
  readonly panel?: readonly string[];
  readonly samples?: string;
  readonly trainRows?: string;
  readonly seeds?: string;
  readonly frey?: string;
  readonly seed: string;
  readonly initializer: string;
  readonly output?: string;
  readonly url?: string;
}

export interface Options {
  readonly what: Reproduction;
  readonly panels: readonly Panel[];
  /** Number of training samples, counting repeats. */
  readonly samples: number;
  /** figure3: number of MNIST training images, from the first on. */
  readonly trainRows: number;
  /** full-vb: number of seeds, from `seed` on. */
  readonly seeds: number;
  /** IDX file of the Frey faces. */
  readonly frey: string | null;
  readonly seed: number;
  readonly initializer: Initializer;
  /** Folder for jobs and data of all reproductions. Each writes its results to a subfolder. */
  readonly output: string;
  /** URL of a running service; null starts one. */
  readonly url: string | null;
}

const DEFAULT_SAMPLES: { readonly [What in Reproduction]: number } = {
  figure2: 1e6,
  figure3: 2e6,
  figure4: 1e6,
  figure5: 1e6,
  variance: 60_000,
  'full-vb': 1e6,
};

/** Errors: UsageError that says what is allowed. */
export function parseOptions(what: string, flags: Flags): Options {
  const reproduction = parseChoice('what to reproduce', REPRODUCTIONS, what);
  const samples = flags.samples ?? String(DEFAULT_SAMPLES[reproduction]);
  const options = {
    what: reproduction,
    panels: parsePanels(flags.panel ?? ['MNIST 20']),
    samples: parseWhole('--samples', samples, 1, 1e10),
    trainRows: parseWhole('--train-rows', flags.trainRows ?? '1000', 100, 60_000),
    seeds: parseWhole('--seeds', flags.seeds ?? '3', 1, 100),
    frey: flags.frey === undefined ? null : resolve(flags.frey),
    seed: parseWhole('--seed', flags.seed, 0, 2 ** 32),
    initializer: parseChoice('--initializer', INITIALIZERS, flags.initializer),
    output: resolve(flags.output ?? 'reproduction'),
    url: flags.url ?? null,
  };
  if (options.frey === null && needsFrey(options)) {
    throw new UsageError('Frey Face is not included: give its IDX file (1965 x 28 x 20) with --frey.');
  }
  return options;
}

function needsFrey({ what, panels }: Pick<Options, 'what' | 'panels'>): boolean {
  return what === 'figure2' && panels.some(({ data }) => data === 'Frey');
}

export const formatPanel = ({ data, latents }: Panel): string => `${data} ${latents}`;

/** Accepts panel names, `MNIST` or `Frey` for all panels of a data set, and `all`. Returns each panel once, in order. */
export function parsePanels(names: readonly string[]): Panel[] {
  for (const name of names) {
    if (name !== 'all' && !PANELS.some((panel) => matches(panel, name))) {
      const allowed = ['all', ...DATA, ...PANELS.map(formatPanel)].map((text) => `"${text}"`).join(', ');
      throw new UsageError(`--panel must be ${allowed}; found "${name}".`);
    }
  }
  return PANELS.filter((panel) => names.some((name) => name === 'all' || matches(panel, name)));
}

function matches(panel: Panel, name: string): boolean {
  const wanted = name.toLowerCase();
  return wanted === formatPanel(panel).toLowerCase() || wanted === panel.data.toLowerCase();
}

/** Parses a whole number, also in the form 1e6. */
function parseWhole(name: string, text: string, minimum: number, maximum: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw new UsageError(`${name} must be a whole number from ${minimum} to ${maximum}; found "${text}".`);
}

function parseChoice<Name extends string>(name: string, allowed: readonly Name[], found: string): Name {
  const match = allowed.find((one) => one === found);
  if (match !== undefined) return match;
  throw new UsageError(`${name} must be one of ${allowed.join(', ')}; found "${found}".`);
}
