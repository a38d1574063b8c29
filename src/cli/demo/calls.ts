import type { ElboAnswer, ElboRequest, EncodeAnswer, EncodeRequest } from '../../api/inference/schemas.ts';
import type { TrainJob, TrainRequest } from '../../api/jobs/schemas.ts';
import type { ModelSpec, TrainingSpec } from '../../model/specification.ts';
import type { Client } from '../client.ts';
import type { Epoch } from '../progress.ts';
import { readAllMetrics } from '../read-metrics.ts';

/** The body of `POST /jobs`. Omitted fields of model and training get the service's defaults. */
export interface JobOrder extends Pick<TrainRequest, 'dataset_id' | 'name'> {
  readonly model?: Partial<ModelSpec>;
  readonly training?: Partial<TrainingSpec>;
}

/** Side of each image pixel in picture pixels. */
const ENLARGED = 3;

type Sent<Request> = Pick<Request, Extract<keyof Request, 'model_id' | 'data' | 'samples'>>;

/** The calls of the API that the demo makes. */
export interface Calls {
  createJob(order: JobOrder): Promise<TrainJob>;
  waitForJob(id: string, look?: (job: TrainJob) => unknown): Promise<TrainJob>;
  /** Only lines after this step. Default: all. */
  readMetrics(modelId: string, after?: number): Promise<Epoch[]>;
  encode(request: Sent<EncodeRequest>): Promise<EncodeAnswer>;
  elbo(request: Sent<ElboRequest>): Promise<ElboAnswer>;
  /** Rows, each above its reconstruction. */
  drawReconstructions(modelId: string, data: number[][]): Promise<Uint8Array>;
  /** `count` samples of the prior as a grid. */
  drawSamples(modelId: string, count: number, seed: number): Promise<Uint8Array>;
}

export function createCalls(client: Client): Calls {
  return {
    createJob: (order) => client.postJson('/jobs', order),
    waitForJob: (id, look) => client.waitForJob(id, look),
    readMetrics: (modelId, after) => readAllMetrics(client, modelId, after),
    encode: (request) => client.postJson('/encode', request),
    elbo: (request) => client.postJson('/elbo', request),
    drawReconstructions: (modelId, data) =>
      client.postBytes('/reconstruct', { model_id: modelId, data, format: 'png', zoom: ENLARGED }),
    drawSamples: (modelId, count, seed) =>
      client.getBytes(`/samples?model_id=${modelId}&count=${count}&seed=${seed}&format=png&zoom=${ENLARGED}`),
  };
}
