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
import type { ProblemDetails } from '../../api/schemas/problem.ts';
import type { ModelSpec, TrainingSpec } from '../../model/spec.ts';

/** A job as it is sent: what is left out of model and training has the default of the service. */
export interface JobOrder extends Pick<TrainRequest, 'dataset_id' | 'name'> {
  readonly model?: Partial<ModelSpec>;
  readonly training?: Partial<TrainingSpec>;
}

type Sent<Request> = Pick<Request, Extract<keyof Request, 'model_id' | 'data' | 'samples'>>;

/** The calls of the API that the demo makes. Each rejects with a {@link CallFailed} unless answered with success. */
export interface Client {
  createJob(order: JobOrder): Promise<TrainJob>;
  job(id: string): Promise<TrainJob>;
  metrics(modelId: string): Promise<Metrics>;
  encode(request: Sent<EncodeRequest>): Promise<EncodeAnswer>;
  elbo(request: Sent<ElboRequest>): Promise<ElboAnswer>;
  reconstruct(request: Sent<ReconstructRequest>): Promise<MeanAnswer>;
  /** `count` samples of the prior as a PNG grid. */
  samplesPng(modelId: string, count: number, seed: number): Promise<Uint8Array>;
}

export class CallFailed extends Error {
  override readonly name = 'CallFailed';
}

/** A client of the service at `baseUrl`; the signal ends its calls, also those to come. */
export function createClient(baseUrl: string, signal: AbortSignal): Client {
  const call = async (method: 'GET' | 'POST', path: string, body?: object): Promise<Response> => {
    const content =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const what = `${method} ${path}`;
    const response = await fetch(baseUrl + path, { method, signal, ...content }).catch((error: unknown) => {
      throw signal.aborted ? error : unanswered(what, error);
    });
    if (!response.ok) throw await refused(what, response);
    return response;
  };
  const get = async (path: string): Promise<unknown> => (await call('GET', path)).json();
  const post = async (path: string, body: object): Promise<unknown> =>
    (await call('POST', path, body)).json();
  return {
    createJob: async (order) => (await post('/jobs', order)) as TrainJob,
    job: async (id) => (await get(`/jobs/${id}`)) as TrainJob,
    metrics: async (modelId) => (await get(`/models/${modelId}/metrics`)) as Metrics,
    encode: async (request) => (await post('/encode', request)) as EncodeAnswer,
    elbo: async (request) => (await post('/elbo', request)) as ElboAnswer,
    reconstruct: async (request) => (await post('/reconstruct', request)) as MeanAnswer,
    samplesPng: async (modelId, count, seed) => {
      const path = `/samples?model_id=${modelId}&count=${count}&seed=${seed}&format=png`;
      return new Uint8Array(await (await call('GET', path)).arrayBuffer());
    },
  };
}

function unanswered(what: string, error: unknown): CallFailed {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new CallFailed(`${what} was not answered: ${String(cause)}`, { cause: error });
}

async function refused(what: string, response: Response): Promise<CallFailed> {
  const text = await response.text();
  return new CallFailed(`${what} was answered ${response.status}: ${detailOf(text)}`);
}

function detailOf(text: string): string {
  try {
    const { detail, errors } = JSON.parse(text) as ProblemDetails;
    return [detail, ...errors.map((error) => `${error.pointer}: ${error.detail}`)].join(' ');
  } catch {
    return text.slice(0, 200);
  }
}
