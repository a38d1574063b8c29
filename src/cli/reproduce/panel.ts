import { formatPanel, type Panel } from './options.ts';
import { PAPER_NETWORKS, type Method, type TrainingRows } from './protocol.ts';
import { runSetting, type Run } from './run.ts';
import type { Session } from './session.ts';

/** Chooses the step size and trains. Reproductions with the same output folder share these trainings. */
export async function runPanelMethod(
  session: Session,
  panel: Panel,
  rows: TrainingRows,
  method: Method,
): Promise<Run> {
  const { initializer, seed } = session.options;
  return runSetting(session, {
    name: `${formatPanel(panel)}, ${method}`,
    rows,
    ...PAPER_NETWORKS[panel.data],
    latents: panel.latents,
    method,
    initializer,
    seed,
  });
}
