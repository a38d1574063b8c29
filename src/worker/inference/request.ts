import type { Inference } from '../../model/evaluation/compiled-model.ts';
import type { FloatArray } from '../../model/runtime/runtime.ts';
import type { InferPayload } from '../../queue/jobs.ts';
import type { LoadedModel } from '../loaded-models.ts';
import type { OpenDatasets } from '../open-datasets.ts';

/** What an operation works with. */
export interface InferenceRequest extends LoadedModel<Inference> {
  readonly payload: InferPayload;
  /** Of the payload, or of the data set where it names rows of it. */
  readonly rows: FloatArray;
  readonly count: number;
  readonly noise: { readonly seed: number; readonly stream: 'inference' };
  readonly datasets: OpenDatasets;
}
