import { PAPER_DATASETS } from './datasets.ts';
import { formatNats } from '../format.ts';
import { summarizeTraining } from './jobs.ts';
import { formatPanel, type Panel } from './options.ts';
import { runPanelMethod } from './panel.ts';
import type { Run } from './run.ts';
import { formatColumns, writeOutput, writeResults } from './results.ts';
import type { Session } from './session.ts';

/** A picture of a trained model, drawn by the service. */
interface Picture {
  readonly panel: Panel;
  readonly path: (modelId: string) => string;
}

/** Images per side. */
const [MANIFOLD, SAMPLES] = [20, 10] as const;

/** Figure 4: the plane of 2 latents, decoded on a grid mapped through the inverse Gaussian distribution function. */
export function reproduceFigure4(session: Session): Promise<string> {
  const data = session.options.frey === null ? (['MNIST'] as const) : (['Frey', 'MNIST'] as const);
  if (data.length === 1) session.say('Skipping Frey Face: --frey is not given.');
  const path = (id: string): string => `/models/${id}/manifold?size=${MANIFOLD}&format=png`;
  return makePictures(
    session,
    data.map((name) => ({ panel: { data: name, latents: 2 }, path })),
  );
}

/** Figure 5: samples from models of MNIST with 2, 5, 10 and 20 latents. */
export function reproduceFigure5(session: Session): Promise<string> {
  const { seed } = session.options;
  const path = (id: string): string =>
    `/samples?model_id=${id}&count=${SAMPLES ** 2}&seed=${seed}&format=png`;
  return makePictures(
    session,
    [2, 5, 10, 20].map((latents) => ({ panel: { data: 'MNIST', latents }, path })),
  );
}

async function makePictures(session: Session, pictures: readonly Picture[]): Promise<string> {
  const { options, client } = session;
  const done: { panel: string; file: string; run: Run }[] = [];
  for (const { panel, path } of pictures) {
    const rows = await PAPER_DATASETS[panel.data](session);
    const run = await runPanelMethod(session, panel, rows, 'AEVB');
    const name = `${formatPanel(panel).toLowerCase().replace(' ', '-')}.png`;
    const file = await writeOutput(options, name, await client.getBytes(path(run.trained.model_id)));
    done.push({ panel: formatPanel(panel), file, run });
    const saved = done.map(({ panel, run }) => ({ panel, ...run, trained: summarizeTraining(run.trained) }));
    await writeResults(options, { pictures: saved });
  }
  const lines = done.map(({ panel, file, run }) => [
    panel,
    formatNats(run.trained.epochs.at(-1)?.test_elbo ?? null),
    file,
  ]);
  return formatColumns([['model', 'test bound', 'file'], ...lines]);
}
