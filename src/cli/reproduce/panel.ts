import { trainOnce, type Trained } from './jobs.ts';
import { formatPanel, type Panel } from './options.ts';
import {
  PAPER_NETWORKS,
  orderPilot,
  orderFullTraining,
  type Method,
  type TrainingRows,
  type TrainingSetting,
} from './protocol.ts';
import type { Session } from './session.ts';
import { chooseStep, countPilotSamples, type ChosenStep } from './steps.ts';

export interface Run {
  readonly method: Method;
  readonly step: ChosenStep;
  readonly order: object;
  readonly trained: Trained;
}

/** Chooses the step size and trains. Reproductions with the same output folder share these trainings. */
export async function runPanelMethod(
  session: Session,
  panel: Panel,
  rows: TrainingRows,
  method: Method,
): Promise<Run> {
  const { samples, initializer, seed } = session.options;
  const name = `${formatPanel(panel)}, ${method}`;
  const network = PAPER_NETWORKS[panel.data];
  const setting: TrainingSetting = {
    name,
    rows,
    ...network,
    latents: panel.latents,
    method,
    initializer,
    seed,
  };
  const step = await chooseStep(session, name, (size) =>
    orderPilot(setting, size, countPilotSamples(samples)),
  );
  const order = orderFullTraining(setting, step.step_size, samples);
  return { method, step, order, trained: await trainOnce(session, name, order) };
}
