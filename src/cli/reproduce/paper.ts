import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Curve } from './curve.ts';
import { panelName, type Panel } from './options.ts';

/** Curves of the paper's figures 2 and 3; see docs/paper/README.md. */
const FILE = new URL('../../../docs/paper/figures-2-3.csv', import.meta.url);

type Row = Record<'figure' | 'panel' | 'curve' | 'training_samples_evaluated' | 'value_nats', string>;

/** The paper's curves of a panel by their names, for example `AEVB test`. */
export async function paperCurves(figure: number, panel: string): Promise<ReadonlyMap<string, Curve>> {
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

/** As the file names the panels of figure 2. */
export const paperPanel = (panel: Panel): string => panelName(panel).replace(' ', ' Nz=');
