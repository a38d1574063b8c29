import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Curve } from './curve.ts';
import { formatPanel, type Panel } from './options.ts';

/** Curves of the paper's figures 2 and 3; see docs/paper/README.md. */
const FILE = new URL('../../../docs/paper/figures-2-3.csv', import.meta.url);

type Row = Record<'figure' | 'panel' | 'curve' | 'training_samples_evaluated' | 'value_nats', string>;

/** Reads the paper's curves of a panel, by name (for example `AEVB test`). */
export async function readPaperCurves(figure: number, panel: string): Promise<ReadonlyMap<string, Curve>> {
  const rows = parse<Row>(await readFile(FILE), { columns: true });
  const here = rows.filter((row) => row.figure === String(figure) && row.panel === panel);
  const names = [...new Set(here.map(({ curve }) => curve))];
  return new Map(
    names.map((name) => {
      const curve = here
        .filter((row) => row.curve === name)
        .map((row) => ({ samples: Number(row.training_samples_evaluated), nats: Number(row.value_nats) }));
      return [name, curve.toSorted((a, b) => a.samples - b.samples)];
    }),
  );
}

/** The file's name for a panel of figure 2. */
export const toPaperPanel = (panel: Panel): string => formatPanel(panel).replace(' ', ' Nz=');
