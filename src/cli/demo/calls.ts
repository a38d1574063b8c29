import type { ElboAnswer, ElboRequest, EncodeAnswer, EncodeRequest } from '../../api/inference/schemas.ts';
import type { TrainJob, TrainRequest } from '../../api/jobs/schemas.ts';
import type { ModelSpec, TrainingSpec } from '../../model/specification.ts';
import type { Client } from '../client.ts';
import type { Epoch } from '../progress.ts';
import { readAllMetrics } from '../read-metrics.ts';

/** A job as it is sent: what is left out of model and training has the default of the service. */
export interface JobOrder extends Pick<TrainRequest, 'dataset_id' | 'name'> {
  readonly model?: Partial<ModelSpec>;
  readonly training?: Partial<TrainingSpec>;
}

/** Pixels of a picture for one of an image. */
const ENLARGED = 3;

type Sent<Request> = Pick<Request, Extract<keyof Request, 'model_id' | 'data' | 'samples'>>;

/** The calls of the API that the demo makes. */
export interface Calls {
  createJob(order: JobOrder): Promise<TrainJob>;
  waitForJob(id: string, look?: (job: TrainJob) => unknown): Promise<TrainJob>;
  /** Lines of steps after this one, else all. */
  metrics(modelId: string, after?: number): Promise<Epoch[]>;
  encode(request: Sent<EncodeRequest>): Promise<EncodeAnswer>;
  elbo(request: Sent<ElboRequest>): Promise<ElboAnswer>;
  /** Rows and, under each, its reconstruction. */
  reconstructionsPng(modelId: string, data: number[][]): Promise<Uint8Array>;
  /** `count` samples of the prior as a grid. */
  samplesPng(modelId: string, count: number, seed: number): Promise<Uint8Array>;
}

export function callsOf(client: Client): Calls {
  return {
    createJob: (order) => client.postJson('/jobs', order),
    waitForJob: (id, look) => client.waitForJob(id, look),
    metrics: (modelId, after) => readAllMetrics(client, modelId, after),
    encode: (request) => client.postJson('/encode', request),
    elbo: (request) => client.postJson('/elbo', request),
    reconstructionsPng: (modelId, data) =>
      client.postBytes('/reconstruct', { model_id: modelId, data, format: 'png', zoom: ENLARGED }),
    samplesPng: (modelId, count, seed) =>
      client.getBytes(`/samples?model_id=${modelId}&count=${count}&seed=${seed}&format=png&zoom=${ENLARGED}`),
  };
}
