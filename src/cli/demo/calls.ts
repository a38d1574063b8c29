import type {
  ElboAnswer,
  ElboRequest,
  EncodeAnswer,
  EncodeRequest,
  MeanAnswer,
  ReconstructRequest,
} from '../../api/schemas/inference.ts';
import type { TrainJob, TrainRequest } from '../../api/schemas/jobs.ts';
import type { Metrics } from '../../api/schemas/models.ts';
import type { ModelSpec, TrainingSpec } from '../../model/spec.ts';
import type { Client } from '../client.ts';

/** A job as it is sent: what is left out of model and training has the default of the service. */
export interface JobOrder extends Pick<TrainRequest, 'dataset_id' | 'name'> {
  readonly model?: Partial<ModelSpec>;
  readonly training?: Partial<TrainingSpec>;
}

type Sent<Request> = Pick<Request, Extract<keyof Request, 'model_id' | 'data' | 'samples'>>;

/** The calls of the API that the demo makes. */
export interface Calls {
  createJob(order: JobOrder): Promise<TrainJob>;
  waitForJob(id: string, look?: (job: TrainJob) => unknown): Promise<TrainJob>;
  metrics(modelId: string): Promise<Metrics>;
  encode(request: Sent<EncodeRequest>): Promise<EncodeAnswer>;
  elbo(request: Sent<ElboRequest>): Promise<ElboAnswer>;
  reconstruct(request: Sent<ReconstructRequest>): Promise<MeanAnswer>;
  /** `count` samples of the prior as a PNG grid. */
  samplesPng(modelId: string, count: number, seed: number): Promise<Uint8Array>;
}

export function callsOf(client: Client): Calls {
  return {
    createJob: (order) => client.postJson('/jobs', order),
    waitForJob: (id, look) => client.waitForJob(id, look),
    metrics: (modelId) => client.getJson(`/models/${modelId}/metrics`),
    encode: (request) => client.postJson('/encode', request),
    elbo: (request) => client.postJson('/elbo', request),
    reconstruct: (request) => client.postJson('/reconstruct', request),
    samplesPng: (modelId, count, seed) =>
      client.getBytes(`/samples?model_id=${modelId}&count=${count}&seed=${seed}&format=png`),
  };
}
