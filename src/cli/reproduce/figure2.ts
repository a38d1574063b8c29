import { formatNats } from '../format.ts';
import { valueAt, type Curve } from './curve.ts';
import { PAPER_DATASETS } from './datasets.ts';
import { jobOf, type Trained } from './jobs.ts';
import { panelName, type DataName, type Panel } from './options.ts';
import { runPanelMethod, type Run } from './panel.ts';
import { paperCurves, paperPanel } from './paper.ts';
import { grid, overlay, type NamedCurve } from './plot.ts';
import type { Method } from './protocol.ts';
import { table, writeOutput, writeResults } from './results.ts';
import type { Session } from './session.ts';

const METHODS = ['AEVB', 'wake-sleep'] as const satisfies readonly Method[];

/** The paper's axes. */
const Y_RANGES: { readonly [Data in DataName]: readonly [number, number] } = {
  MNIST: [-150, -100],
  Frey: [0, 1600],
};

/** Where ours and the paper's are compared, as far as ours go, and where ours end. */
const COMPARED_AT = [3e5, 1e6, 3e6, 1e7] as const;
const comparedAt = (samples: number): number[] => [...COMPARED_AT.filter((at) => at < samples), samples];

interface PanelFindings {
  readonly panel: string;
  readonly data: string;
  readonly samples: number;
  readonly runs: readonly Run[];
  readonly ours: readonly NamedCurve[];
  readonly paper: readonly NamedCurve[];
  readonly svg: string;
}

/** Figure 2: the lower bound of training and test rows as training goes on, AEVB and wake-sleep. */
export async function reproduceFigure2(session: Session): Promise<string> {
  const { options } = session;
  const done: PanelFindings[] = [];
  for (const panel of options.panels) {
    const found = await findingsOf(session, panel);
    done.push(found);
    await writeOutput(options, `${fileName(panel)}.svg`, found.svg);
    await writeResults(options, { panels: done.map(saved) });
    session.say(comparisonTable([found]));
  }
  if (done.length > 1) {
    await writeOutput(
      options,
      'figure2.svg',
      grid(
        done.map(({ svg }) => svg),
        3,
      ),
    );
  }
  return comparisonTable(done);
}

async function findingsOf(session: Session, panel: Panel): Promise<PanelFindings> {
  const rows = await PAPER_DATASETS[panel.data](session);
  const runs: Run[] = [];
  for (const method of METHODS) runs.push(await runPanelMethod(session, panel, rows, method));
  const ours = runs.flatMap(({ method, trained }) => curvesOf(method, trained));
  const curves = await paperCurves(2, paperPanel(panel));
  const paper = ours.map(({ name }) => ({ name, curve: curves.get(name) ?? [] }));
  const title = `${panelName(panel)} latents: lower bound`;
  const svg = overlay({ title, yLabel: 'nats per image', ours, paper, yRange: Y_RANGES[panel.data] });
  const { samples } = session.options;
  return { panel: panelName(panel), data: rows.description, samples, runs, ours, paper, svg };
}

/** At the end of each epoch: the mean of the training bound over it, and the test bound. */
function curvesOf(method: Method, { epochs }: Trained): NamedCurve[] {
  const curve = (field: 'train_elbo' | 'test_elbo'): Curve =>
    epochs.flatMap(({ step, [field]: bound }) =>
      bound === null ? [] : [{ samples: step * 100, nats: bound }],
    );
  return [
    { name: `${method} train`, curve: curve('train_elbo') },
    { name: `${method} test`, curve: curve('test_elbo') },
  ];
}

interface Compared {
  readonly curve: string;
  readonly samples: number;
  readonly ours: number | null;
  readonly paper: number | null;
}

function compared({ samples: end, ours, paper }: PanelFindings): Compared[] {
  return ours.flatMap(({ name, curve }) =>
    comparedAt(end).flatMap((samples) => {
      const value = valueAt(curve, samples);
      const theirs = paper.find((one) => one.name === name)?.curve ?? [];
      return value === null ? [] : [{ curve: name, samples, ours: value, paper: valueAt(theirs, samples) }];
    }),
  );
}

function saved(findings: PanelFindings): object {
  const runs = findings.runs.map(({ method, order, step, trained }) => {
    return { method, step, job: jobOf(trained), order };
  });
  const { panel, data, ours } = findings;
  return { panel, data, comparison: compared(findings), runs, curves: ours };
}

function comparisonTable(panels: readonly PanelFindings[]): string {
  const rows = panels.flatMap((findings) =>
    compared(findings).map(({ curve, samples, ours, paper }) => [
      findings.panel,
      curve,
      samples.toExponential(0).replace('+', ''),
      formatNats(ours),
      formatNats(paper),
      ours === null || paper === null ? '-' : formatNats(ours - paper),
    ]),
  );
  return table([['panel', 'curve', 'samples', 'ours', 'paper', 'difference'], ...rows]);
}

const fileName = (panel: Panel): string => panelName(panel).toLowerCase().replace(' ', '-');
