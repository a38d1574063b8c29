import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toPng } from '../../api/pictures/drawing/raster.ts';
import { drawScatterPlot, type Legend } from '../../api/pictures/drawing/scatter-plot.ts';
import type { ModelDetails } from '../../api/models/schemas.ts';
import type { ScatterAnswer } from '../../api/pictures/schemas.ts';
import type { TableSchema } from '../../model/table.ts';
import { choosePlane } from './plane.ts';
import type { TrySession } from './session.ts';
import type { Summary } from './strangest.ts';
import type { Written } from './written.ts';

const MOST_POINTS = 5000;
/** Drawn in grey, below the classes. */
const NO_CLASS = -1;

/** Draws the rows in the two latents that vary most. Nothing is drawn if the model has a single latent. */
export async function drawLatentSpace(
  { client, options }: TrySession,
  model: ModelDetails,
  table: TableSchema,
  summary: Summary,
): Promise<Written[]> {
  const plane = await choosePlane(client, model);
  if (plane === null) return [];
  const query = new URLSearchParams({ rows: 'all', limit: String(MOST_POINTS), dimensions: plane.join(',') });
  const answer = await client.getJson<ScatterAnswer>(`/models/${model.id}/scatter?${query.toString()}`);
  const { colours, legend, what } = colourByLabel(answer, table) ?? colourStrange(answer, summary);
  const points = answer.points
    .map(([x = NaN, y = NaN], i) => ({ point: [x, y] as const, colour: colours[i] ?? NO_CLASS }))
    // The last ones lie on top of the others.
    .sort((a, b) => a.colour - b.colour);
  const raster = drawScatterPlot({
    points: points.map(({ point }) => point),
    labels: points.map(({ colour }) => colour),
    legend,
    xLabel: `z[${plane[0]}]`,
    yLabel: `z[${plane[1]}]`,
  });
  const path = join(options.output, 'latent-space.png');
  await writeFile(path, toPng(raster));
  return [{ path, what: `the rows in the two latents that vary most, ${what}` }];
}

interface Colouring {
  readonly colours: readonly number[];
  readonly legend: Legend;
  /** What the colours show. */
  readonly what: string;
}

/** Null without a label column. */
function colourByLabel(answer: ScatterAnswer, { columns }: TableSchema): Colouring | null {
  const title = columns.find(({ role }) => role === 'label')?.name;
  if (answer.labels === null || title === undefined) return null;
  const colours = answer.labels.map((label) => label ?? NO_CLASS);
  return { colours, legend: { title, names: answer.label_names ?? [] }, what: `coloured by ${title}` };
}

/** The rows that are flagged; the strangest ones if none is. */
function colourStrange({ rows }: ScatterAnswer, { flagged, strangest }: Summary): Colouring {
  const positions = flagged.size > 0 ? flagged : new Set(strangest.map(({ position }) => position));
  const name = flagged.size > 0 ? 'flagged' : 'strangest';
  return {
    colours: rows.map((row) => (positions.has(row) ? 0 : NO_CLASS)),
    legend: { title: 'rows', names: [name] },
    what: `the ${name} ones coloured`,
  };
}
