import type { Inference } from '../../model/evaluation/compiled-model.ts';
import type { NoiseSource } from '../../model/evaluation/draws.ts';
import { AppError } from '../../errors.ts';
import type { Matrix } from '../../queue/arrays.ts';
import type { Inputs, Operation, Outputs } from '../../queue/operations.ts';
import type { LoadedModel } from '../loaded-models.ts';
import type { OpenDatasets } from '../open-datasets.ts';
import type { FoundCalibration } from '../scoring/calibrations.ts';

/** What an operation works on: a model with the parameters of a checkpoint, and the data sets. */
export interface InferenceSubject extends LoadedModel<Inference> {
  readonly datasets: OpenDatasets;
  /** The calibration of the checkpoint. Takes no account of the request's time limit. */
  readonly findCalibration: () => Promise<FoundCalibration>;
}

/** How a worker runs an operation. */
export interface Runner<Name extends Operation> {
  /** Models trained by mcem have no encoder. */
  readonly needsEncoder: (input: Inputs[Name]) => boolean;
  readonly run: (subject: InferenceSubject, input: Inputs[Name]) => Promise<Outputs[Name]>;
}

export const always = () => true;
export const never = () => false;

export function keyNoise({ seed }: { readonly seed: number }): NoiseSource {
  return { seed, stream: 'inference' };
}

/** Errors: data_invalid if the rows are not [n, width]. */
export function checkWidth({ shape }: Matrix, width: number): void {
  if (shape[1] === width) return;
  const found = `shape [${shape.join(', ')}]`;
  throw AppError.of('data_invalid', { where: '/rows', found, allowed: `[rows, ${width}]` });
}
