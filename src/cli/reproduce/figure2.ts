import { formatNats } from '../format.ts';
import { interpolateCurve, type Curve } from './curve.ts';
import { PAPER_DATASETS } from './datasets.ts';
import { summarizeTraining, type Trained } from './jobs.ts';
import { formatPanel, type DataName, type Panel } from './options.ts';
import { runPanelMethod } from './panel.ts';
import type { Run } from './run.ts';
import { readPaperCurves, toPaperPanel } from './paper.ts';
import { arrangeCharts, drawOverlay, type NamedCurve } from './plot.ts';
import type { Method } from './protocol.ts';
import { formatColumns, writeOutput, writeResults } from './results.ts';
import type { Session } from './session.ts';

const METHODS = ['AEVB', 'wake-sleep'] as const satisfies readonly Method[];

/** The paper's axes. */
const Y_RANGES: { readonly [Data in DataName]: readonly [number, number] } = {
  MNIST: [-150, -100],
  Frey: [0, 1600],
};

/** Our curves are compared with the paper's at these numbers of samples and where ours end. */
const COMPARED_AT = [3e5, 1e6, 3e6, 1e7] as const;
const listSamples = (samples: number): number[] => [...COMPARED_AT.filter((at) => at < samples), samples];

interface PanelFindings {
  readonly panel: string;
  readonly data: string;
  readonly samples: number;
  readonly runs: readonly Run[];
  readonly ours: readonly NamedCurve[];
  readonly paper: readonly NamedCurve[];
  readonly svg: string;
}

/** Figure 2: the lower bound of training and test rows during training, for AEVB and wake-sleep. */
export async function reproduceFigure2(session: Session): Promise<string> {
  const { options } = session;
  const done: PanelFindings[] = [];
  for (const panel of options.panels) {
    const found = await runPanel(session, panel);
    done.push(found);
    await writeOutput(options, `${toFileName(panel)}.svg`, found.svg);
    await writeResults(options, { panels: done.map(toSaved) });
    session.say(formatComparison([found]));
  }
  if (done.length > 1) {
    await writeOutput(
      options,
      'figure2.svg',
      arrangeCharts(
        done.map(({ svg }) => svg),
        3,
      ),
    );
  }
  return formatComparison(done);
}

async function runPanel(session: Session, panel: Panel): Promise<PanelFindings> {
  const rows = await PAPER_DATASETS[panel.data](session);
  const runs: Run[] = [];
  for (const method of METHODS) runs.push(await runPanelMethod(session, panel, rows, method));
  const ours = runs.flatMap(({ method, trained }) => toCurves(method, trained));
  const curves = await readPaperCurves(2, toPaperPanel(panel));
  const paper = ours.map(({ name }) => ({ name, curve: curves.get(name) ?? [] }));
  const title = `${formatPanel(panel)} latents: lower bound`;
  const svg = drawOverlay({ title, yLabel: 'nats per image', ours, paper, yRange: Y_RANGES[panel.data] });
  const { samples } = session.options;
  return { panel: formatPanel(panel), data: rows.description, samples, runs, ours, paper, svg };
}

/** For each epoch: the mean training bound during it, and the test bound at its end. */
function toCurves(method: Method, { epochs }: Trained): NamedCurve[] {
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

function compareCurves({ samples: end, ours, paper }: PanelFindings): Compared[] {
  return ours.flatMap(({ name, curve }) =>
    listSamples(end).flatMap((samples) => {
      const value = interpolateCurve(curve, samples);
      const theirs = paper.find((one) => one.name === name)?.curve ?? [];
      return value === null
        ? []
        : [{ curve: name, samples, ours: value, paper: interpolateCurve(theirs, samples) }];
    }),
  );
}

function toSaved(findings: PanelFindings): object {
  const runs = findings.runs.map(({ method, order, step, trained }) => {
    return { method, step, job: summarizeTraining(trained), order };
  });
  const { panel, data, ours } = findings;
  return { panel, data, comparison: compareCurves(findings), runs, curves: ours };
}

function formatComparison(panels: readonly PanelFindings[]): string {
  const rows = panels.flatMap((findings) =>
    compareCurves(findings).map(({ curve, samples, ours, paper }) => [
      findings.panel,
      curve,
      samples.toExponential(0).replace('+', ''),
      formatNats(ours),
      formatNats(paper),
      ours === null || paper === null ? '-' : formatNats(ours - paper),
    ]),
  );
  return formatColumns([['panel', 'curve', 'samples', 'ours', 'paper', 'difference'], ...rows]);
}

const toFileName = (panel: Panel): string => formatPanel(panel).toLowerCase().replace(' ', '-');
