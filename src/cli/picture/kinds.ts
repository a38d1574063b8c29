import { InvalidArgumentError } from 'commander';
import type { Dataset } from '../../api/datasets/schemas.ts';
import type { ModelDetails } from '../../api/models/schemas.ts';
import type { Client } from '../client.ts';

/** What a kind is asked for on the command line. */
export interface Flag {
  readonly flag: string;
  readonly description: string;
  readonly parse: (text: string) => unknown;
  readonly required?: true;
}

export type Given = Readonly<Record<string, unknown>>;

export interface PictureKind {
  readonly description: string;
  readonly flags: readonly Flag[];
  /** `given` has flags by name and what all kinds are asked for, as the API calls it. */
  readonly fetch: (client: Client, model: string, given: Given) => Promise<Uint8Array>;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('Not a whole number.');
  return number;
}
const wholeNumbers = (text: string): number[] => text.split(',').map(wholeNumber);
const asText = (text: string): string => text;

const flag = (name: string, description: string, parse: Flag['parse'] = wholeNumber): Flag => ({
  flag: name,
  description,
  parse,
});
const STEPS = flag('--steps <number>', 'images from one end to the other, default 11');

/** What all kinds are asked for. */
export const COMMON_FLAGS: readonly Flag[] = [
  flag('--zoom <number>', 'pixels on a side for each pixel of an image, default 1'),
  flag('--checkpoint <which>', 'latest (default), best, or a step', (text) =>
    /^\d+$/.test(text) ? Number(text) : text,
  ),
];

const ofModel =
  (name: string): PictureKind['fetch'] =>
  (client, model, given) =>
    client.getBytes(`/models/${encodeURIComponent(model)}/${name}?${query(given)}`);

export const PICTURE_KINDS: Readonly<Record<string, PictureKind>> = {
  samples: {
    description: 'Data that the model makes up.',
    flags: [
      flag('--count <number>', 'how many, default 16'),
      flag('--seed <number>', 'other samples for another seed, default 0'),
    ],
    fetch: (client, model_id, given) => client.getBytes(`/samples?${query({ model_id, ...given })}`),
  },
  manifold: {
    description: 'The latent plane of a model with 2 latents, on a grid.',
    flags: [flag('--size <number>', 'images on a side, default 20')],
    fetch: ofModel('manifold'),
  },
  traversal: {
    description: 'What each latent does; one row for each.',
    flags: [
      flag('--dimension <number>', 'this latent alone, from 0'),
      flag('--row <number>', "start from this row of the data set, not from the prior's medians"),
      STEPS,
    ],
    fetch: ofModel('traversal'),
  },
  reconstructions: {
    description: 'Rows of the data set and, under each, what the model makes of it.',
    flags: [flag('--rows <list>', 'indices, like 0,5,7; default the first 10 test rows', wholeNumbers)],
    fetch: async (client, model_id, given) => {
      const rows = given['rows'] ?? (await firstTestRows(client, model_id));
      return client.postBytes('/reconstruct', { model_id, ...given, rows });
    },
  },
  interpolation: {
    description: 'The way from one row of the data set to another through the latent space.',
    flags: [
      { ...flag('--from <row>', 'index, from 0'), required: true },
      { ...flag('--to <row>', 'index, from 0'), required: true },
      STEPS,
    ],
    fetch: (client, model_id, given) => client.postBytes('/interpolate', { model_id, ...given }),
  },
  scatter: {
    description: 'Where rows of the data set lie in two latents, coloured by label.',
    flags: [
      flag('--rows <which>', 'test (default), train or all', asText),
      flag('--limit <number>', 'most rows, default 2000'),
      flag('--dimensions <pair>', 'which latents, default 0,1', asText),
    ],
    fetch: ofModel('scatter'),
  },
};

const SHOWN_ROWS = 10;

/** Of the data set that the model was trained on: its first test rows or, where it has none, its first rows. */
async function firstTestRows(client: Client, model: string): Promise<number[]> {
  const { dataset_id } = await client.getJson<ModelDetails>(`/models/${encodeURIComponent(model)}`);
  const { rows, test_rows } = await client.getJson<Dataset>(`/datasets/${dataset_id}`);
  const first = test_rows > 0 ? rows - test_rows : 0;
  return Array.from({ length: Math.min(SHOWN_ROWS, rows - first) }, (_, i) => first + i);
}

function query(given: Given): string {
  const texts = Object.entries(given).map(([name, value]): [string, string] => [name, String(value)]);
  return new URLSearchParams(texts).toString();
}
