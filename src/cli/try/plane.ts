import type { ModelDetails } from '../../api/models/schemas.ts';
import type { ScatterAnswer } from '../../api/pictures/schemas.ts';
import type { Client } from '../client.ts';

/** Enough to see which latents vary. */
const ROWS = 500;

/**
 * The two latents whose means of q(z|x) vary most over the rows, in their order: those that the model does not use vary not at
 * all. Null if there is only one.
 */
export async function choosePlane(
  client: Client,
  { id, model }: Pick<ModelDetails, 'id' | 'model'>,
): Promise<readonly [x: number, y: number] | null> {
  const size = model.latent_size;
  if (size < 2) return null;
  const variances: number[] = [];
  for (let first = 0; first < size; first += 2) {
    const dimensions = [first, Math.min(first + 1, size - 1)];
    const query = new URLSearchParams({ rows: 'all', limit: String(ROWS), dimensions: dimensions.join(',') });
    const { points } = await client.getJson<ScatterAnswer>(`/models/${id}/scatter?${query.toString()}`);
    dimensions.forEach((dimension, i) => {
      variances[dimension] = measureVariance(points.map((point) => point[i] ?? NaN));
    });
  }
  const order = variances.map((_, i) => i).sort((a, b) => (variances[b] ?? 0) - (variances[a] ?? 0));
  const [one = 0, other = 1] = order;
  return one < other ? [one, other] : [other, one];
}

function measureVariance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
