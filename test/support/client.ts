import { vi } from 'vitest';
import type { Dataset } from '../../src/api/datasets/schemas.ts';
import type { EvaluateJob, Job, TrainJob } from '../../src/api/jobs/schemas.ts';
import type { Metrics, ModelDetails } from '../../src/api/models/schemas.ts';

/** Longer than any job of the tests lasts, however slow the machine. */
const PATIENCE_MS = 50_000;
/** Between looks at what soon passes. */
const OFTEN_MS = 15;
/** Between looks at what stays: each look costs client and service 4 ms of CPU that jobs could use. */
const SELDOM_MS = 100;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
  json<T>(): T;
}

/** The service as a client sees it. */
export class Client {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#call(path, { headers });
  }

  post(path: string, body?: object): Promise<Answer> {
    if (body === undefined) return this.#call(path, { method: 'POST' });
    const headers = { 'content-type': 'application/json' };
    return this.#call(path, { method: 'POST', body: JSON.stringify(body), headers });
  }

  delete(path: string): Promise<Answer> {
    return this.#call(path, { method: 'DELETE' });
  }

  async upload(file: Buffer, query = ''): Promise<Dataset> {
    const headers = { 'content-type': 'application/octet-stream' };
    const answer = await this.#call(`/datasets?name=tiny${query}`, {
      method: 'POST',
      body: new Uint8Array(file),
      headers,
    });
    return expecting(answer, 201);
  }

  async train(order: object): Promise<TrainJob> {
    return expecting(await this.post('/jobs', order), 202);
  }

  async evaluate(order: object): Promise<EvaluateJob> {
    return expecting(await this.post('/jobs', { type: 'evaluate', ...order }), 202);
  }

  async job<Kind extends Job = TrainJob>(id: string): Promise<Kind> {
    return expecting(await this.get(`/jobs/${id}`), 200);
  }

  async model(id: string): Promise<ModelDetails> {
    return expecting(await this.get(`/models/${id}`), 200);
  }

  async epochs(id: string): Promise<number[]> {
    const { data }: Metrics = expecting(await this.get(`/models/${id}/metrics`), 200);
    return data.map(({ epoch }) => epoch);
  }

  /** Waits until the job is as wanted; a job that has ended otherwise will not be. */
  until<Kind extends Job = TrainJob>(
    id: string,
    what: string,
    wanted: (job: Kind) => boolean,
    interval = OFTEN_MS,
  ): Promise<Kind> {
    const look = async () => {
      const job = await this.job<Kind>(id);
      if (wanted(job)) return { found: job };
      return job.finished_at === null ? {} : { never: `${id} is not ${what}: ${JSON.stringify(job)}` };
    };
    return this.#waitFor(look, `${id} is not ${what}`, interval);
  }

  untilState<Kind extends Job = TrainJob>(id: string, state: Job['state']): Promise<Kind> {
    const over = OVER.has(state);
    const wanted = (job: Kind) => job.state === state && (job.finished_at !== null || !over);
    return this.until<Kind>(id, state, wanted, over ? SELDOM_MS : OFTEN_MS);
  }

  /** The service is back, or ready for the first time. */
  untilReady(): Promise<unknown> {
    const look = async () => {
      const { status } = await this.get('/readyz');
      return status === 200 ? { found: true } : {};
    };
    return this.#waitFor(look, 'the service is not ready', OFTEN_MS);
  }

  async #waitFor<T>(
    look: () => Promise<{ found?: T; never?: string }>,
    what: string,
    interval: number,
  ): Promise<T> {
    const seen = await vi.waitFor(
      async () => {
        const seen = await look();
        if (seen.found === undefined && seen.never === undefined) throw new Error(what);
        return seen;
      },
      { timeout: PATIENCE_MS, interval },
    );
    if (seen.found === undefined) throw new Error(seen.never);
    return seen.found;
  }

  async #call(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(`${this.#url}${path}`, init);
    const bytes = Buffer.from(await response.arrayBuffer());
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      bytes,
      json: <T>() => JSON.parse(bytes.toString('utf8')) as T,
    };
  }
}

const OVER: ReadonlySet<Job['state']> = new Set(['succeeded', 'failed', 'cancelled']);

function expecting<T>(answer: Answer, status: number): T {
  if (answer.status === status) return answer.json();
  throw new Error(`answered ${answer.status} and not ${status}: ${answer.bytes.toString('utf8')}`);
}
