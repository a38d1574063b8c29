import { createHash } from 'node:crypto';
import type { ConditionalSamplesAnswer } from '../../api/impute/schemas.ts';
import type { SamplesAnswer } from '../../api/inference/schemas.ts';
import type { ModelDetails } from '../../api/models/schemas.ts';
import type { Cell } from '../../model/table.ts';
import { CallFailed, type Client } from '../client.ts';
import { limitRows } from '../rows/requests.ts';
import type { RowPiece } from '../rows/made-rows.ts';

export interface DrawOrder {
  readonly count: number;
  readonly seed: number;
  /** Values that every row has, by column; null draws from the prior. */
  readonly given: Readonly<Record<string, string>> | null;
}

export interface Draws {
  readonly pieces: AsyncIterable<RowPiece>;
  readonly listNotes: () => readonly string[];
}

/** Of one request: as many as the service draws with given values. */
const MOST_ROWS = 1000;
const TOO_LATE = 504;
const MOST_ATTEMPTS = 3;
/** With fewer draws of z, rows of a request are too much alike. */
const FEW_DRAWS = 10;
const SEED_BYTES = 6;

/**
 * Draws rows in requests of bounded size. Their sizes depend on the model alone: the same seed gives the same rows, and a smaller
 * count the first of them.
 */
export function drawRows(
  client: Pick<Client, 'getJson' | 'postJson'>,
  { id, data_size: size }: Pick<ModelDetails, 'id' | 'data_size'>,
  { count, seed, given }: DrawOrder,
): Draws {
  const most = limitRows(size, MOST_ROWS);
  let fewest = Infinity;
  const draw = async (rows: number, own: number): Promise<readonly unknown[]> => {
    if (given !== null) {
      const order = { model_id: id, given, count: rows, seed: own };
      const answer = await client.postJson<ConditionalSamplesAnswer>('/samples', order);
      fewest = Math.min(fewest, answer.effective_sample_size);
      return answer.data;
    }
    const query = new URLSearchParams({
      model_id: id,
      count: String(rows),
      seed: String(own),
      draw: 'sample',
    });
    return (await client.getJson<SamplesAnswer>(`/samples?${query.toString()}`)).data;
  };
  const pieces = async function* (): AsyncGenerator<RowPiece> {
    for (let done = 0, request = 0; done < count; done += most, request++) {
      const own = deriveSeed(seed, request);
      const rows = await repeatLate(() => draw(Math.min(most, count - done), own));
      yield { rows: rows.map(flatten), bad: [] };
    }
  };
  return { pieces: pieces(), listNotes: () => (fewest < FEW_DRAWS ? [describeFew(fewest)] : []) };
}

const describeFew = (draws: number): string =>
  `Rows with these values are rare for the model: some requests made them from only about ${Math.max(1, Math.round(draws))} different points of its latent space.`;

/** The first request has the seed itself, as a single request to the service would. */
export function deriveSeed(seed: number, request: number): number {
  if (request === 0) return seed;
  return createHash('sha256').update(`${seed}/${request}`).digest().readUIntBE(0, SEED_BYTES);
}

/** Rows of arrays may be nested. */
const flatten = (row: unknown): Cell[] => (Array.isArray(row) ? (row.flat(Infinity) as Cell[]) : []);

/** Fewer rows would be other rows, so the request is repeated as it is. */
async function repeatLate<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const isLate = error instanceof CallFailed && error.refusal?.status === TOO_LATE;
      if (!isLate || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}
