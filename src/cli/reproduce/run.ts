import { trainOnce, type Trained } from './jobs.ts';
import { orderFullTraining, orderPilot, type Method, type TrainingSetting } from './protocol.ts';
import type { Session } from './session.ts';
import { chooseStep, countPilotSamples, type ChosenStep, type Score } from './steps.ts';

export interface Run {
  readonly method: Method;
  readonly step: ChosenStep;
  readonly order: object;
  readonly trained: Trained;
}

/** Chooses the step size by pilots, compared by their validation bound unless `scoreOf` is given, and trains with it. */
export async function runSetting(session: Session, setting: TrainingSetting, scoreOf?: Score): Promise<Run> {
  const { samples } = session.options;
  const { name, method } = setting;
  const orderOf = (size: number) => orderPilot(setting, size, countPilotSamples(samples));
  const step = await chooseStep(session, name, orderOf, scoreOf);
  const order = orderFullTraining(setting, step.step_size, samples);
  return { method, step, order, trained: await trainOnce(session, name, order) };
}
