import { resolve } from 'node:path';

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

/** In the order of the paper's figure. */
export const PANELS: readonly Panel[] = [
  ...[3, 5, 10, 20, 200].map((latents) => ({ data: 'MNIST', latents }) as const),
  ...[2, 5, 10, 20].map((latents) => ({ data: 'Frey', latents }) as const),
];

export const INITIALIZERS = ['paper', 'fan_in'] as const;
export type Initializer = (typeof INITIALIZERS)[number];

/** As on the command line. */
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
  /** Training rows looked at, repeats counted. */
  readonly samples: number;
  /** figure3: the first so many training images of MNIST. */
  readonly trainRows: number;
  /** full-vb: how many seeds, from `seed` on. */
  readonly seeds: number;
  /** IDX file of the Frey faces. */
  readonly frey: string | null;
  readonly seed: number;
  readonly initializer: Initializer;
  /** Folder of the jobs and the data of all reproductions; what one of them finds lies in a folder of its name below. */
  readonly output: string;
  /** Of a running service; null starts one. */
  readonly url: string | null;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULT_SAMPLES: { readonly [What in Reproduction]: number } = {
  figure2: 1e6,
  figure3: 2e6,
  figure4: 1e6,
  figure5: 1e6,
  variance: 60_000,
  'full-vb': 1e6,
};

/** Errors: UsageError, with what is allowed. */
export function parseOptions(what: string, flags: Flags): Options {
  const reproduction = oneOf('what to reproduce', REPRODUCTIONS, what);
  const samples = flags.samples ?? String(DEFAULT_SAMPLES[reproduction]);
  const options = {
    what: reproduction,
    panels: parsePanels(flags.panel ?? ['MNIST 20']),
    samples: whole('--samples', samples, 1, 1e10),
    trainRows: whole('--train-rows', flags.trainRows ?? '1000', 100, 60_000),
    seeds: whole('--seeds', flags.seeds ?? '3', 1, 100),
    frey: flags.frey === undefined ? null : resolve(flags.frey),
    seed: whole('--seed', flags.seed, 0, 2 ** 32),
    initializer: oneOf('--initializer', INITIALIZERS, flags.initializer),
    output: resolve(flags.output ?? 'reproduction'),
    url: flags.url ?? null,
  };
  if (options.frey === null && needsFrey(options)) {
    throw new UsageError('Frey Face is read from a file: name its IDX file (1965 x 28 x 20) with --frey.');
  }
  return options;
}

function needsFrey({ what, panels }: Pick<Options, 'what' | 'panels'>): boolean {
  return what === 'figure2' && panels.some(({ data }) => data === 'Frey');
}

export const panelName = ({ data, latents }: Panel): string => `${data} ${latents}`;

/** Names of panels, `MNIST` or `Frey` for all of one data set, or `all`; each panel once, in the order of the figure. */
export function parsePanels(names: readonly string[]): Panel[] {
  for (const name of names) {
    if (name !== 'all' && !PANELS.some((panel) => matches(panel, name))) {
      const allowed = ['all', ...DATA, ...PANELS.map(panelName)].map((text) => `"${text}"`).join(', ');
      throw new UsageError(`--panel takes ${allowed}; found "${name}".`);
    }
  }
  return PANELS.filter((panel) => names.some((name) => name === 'all' || matches(panel, name)));
}

function matches(panel: Panel, name: string): boolean {
  const wanted = name.toLowerCase();
  return wanted === panelName(panel).toLowerCase() || wanted === panel.data.toLowerCase();
}

/** A whole number, also written like 1e6. */
function whole(name: string, text: string, minimum: number, maximum: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw new UsageError(`${name} takes a whole number from ${minimum} to ${maximum}; found "${text}".`);
}

function oneOf<Name extends string>(name: string, allowed: readonly Name[], found: string): Name {
  const match = allowed.find((one) => one === found);
  if (match !== undefined) return match;
  throw new UsageError(`${name} is one of ${allowed.join(', ')}; found "${found}".`);
}
