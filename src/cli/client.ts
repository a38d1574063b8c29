import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../api/jobs/schemas.ts';
import type { ProblemDetails } from '../api/http/problem-schema.ts';
import type { Problem } from '../errors.ts';
import type { JobState } from '../queue/jobs.ts';
import { escapeControls } from './terminal.ts';

/** Calls a running service. Paths begin with `/`. A call that does not succeed rejects with a {@link CallFailed}. */
export interface Client {
  getJson<Answer>(path: string): Promise<Answer>;
  postJson<Answer>(path: string, body: object): Promise<Answer>;
  /** For pictures and other files. */
  getBytes(path: string): Promise<Uint8Array>;
  postBytes(path: string, body: object): Promise<Uint8Array>;
  /** Streams the source, so that files may be larger than memory. */
  upload<Answer>(path: string, source: Readable, contentType: string): Promise<Answer>;
  /** Polls the job until it has succeeded. `look` receives every answer, the last one included. Errors also: JobFailed. */
  waitForJob<Found extends Job = Job>(id: string, look?: (job: Found) => unknown): Promise<Found>;
}

/** What an answer that is not a success says. */
export interface Refusal {
  readonly status: number;
  /** What went wrong, in a sentence. */
  readonly detail: string;
  /** What is wrong where. */
  readonly problems: readonly Problem[];
}

/** The service did not answer, or answered with a problem, whose text is the message. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  /** Null if there was no answer. */
  readonly refusal: Refusal | null;

  constructor(
    message: string,
    { refusal = null, cause }: { readonly refusal?: Refusal | null; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.refusal = refusal;
  }
}

export class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

const POLL_MS = 250;

interface Sent {
  readonly body: string | Readable;
  readonly type: string;
}

/** Creates a client for the service at `baseUrl`. When the signal aborts, all its calls reject. */
export function createClient(baseUrl: string, signal: AbortSignal): Client {
  const base = baseUrl.replace(/\/+$/, '');
  const call = async (method: 'GET' | 'POST', path: string, sent?: Sent): Promise<Response> => {
    const what = `${method} ${path}`;
    const response = await send(base + path, { method, signal, ...toRequest(sent) }).catch(
      (error: unknown) => {
        throw signal.aborted ? error : toUnanswered(what, base, error);
      },
    );
    if (!response.ok) throw await toRefusal(what, response);
    return response;
  };
  const post = (path: string, body: object): Promise<Response> =>
    call('POST', path, { body: JSON.stringify(body), type: 'application/json' });
  const getJson = async <Answer>(path: string): Promise<Answer> =>
    (await (await call('GET', path)).json()) as Answer;
  return {
    getJson,
    postJson: async <Answer>(path: string, body: object) => (await (await post(path, body)).json()) as Answer,
    getBytes: async (path) => readBytes(await call('GET', path)),
    postBytes: async (path, body) => readBytes(await post(path, body)),
    upload: async <Answer>(path: string, body: Readable, type: string) =>
      (await (await call('POST', path, { body, type })).json()) as Answer,
    waitForJob: async <Found extends Job>(id: string, look: (job: Found) => unknown = () => undefined) => {
      for (;;) {
        const job = await getJson<Found>(`/jobs/${id}`);
        await look(job);
        if (OUTCOMES[job.state](job)) return job;
        await sleep(POLL_MS, undefined, { signal });
      }
    },
  };
}

/** Whether a job in this state has succeeded. Throws if it never will. */
const OUTCOMES: { readonly [State in JobState]: (job: Job) => boolean } = {
  queued: () => false,
  running: () => false,
  succeeded: () => true,
  failed: ({ id, error }) => {
    throw new JobFailed(`${id} failed: ${escapeControls(error?.message ?? 'the service gave no reason')}`);
  },
  cancelled: ({ id }) => {
    throw new JobFailed(`${id} was cancelled`);
  },
};

/** Like fetch, but rejects instead of throwing if the URL is not valid. */
async function send(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init);
}

function toRequest(sent: Sent | undefined): RequestInit {
  if (sent === undefined) return {};
  const headers = { 'content-type': sent.type };
  return typeof sent.body === 'string'
    ? { body: sent.body, headers }
    : { body: Readable.toWeb(sent.body) as ReadableStream, headers, duplex: 'half' };
}

async function readBytes(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

function toUnanswered(what: string, base: string, error: unknown): CallFailed {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new CallFailed(`${what}: no answer from ${base}: ${String(cause)}`, { cause: error });
}

async function toRefusal(what: string, response: Response): Promise<CallFailed> {
  const { status } = response;
  const { detail, problems } = readProblem(await response.text());
  const texts = problems.map((problem) => `${problem.pointer}: ${problem.detail}`);
  const message = `${what}: the service answered ${status}: ${[detail, ...texts].join(' ')}`;
  return new CallFailed(message, { refusal: { status, detail, problems } });
}

function readProblem(text: string): Pick<Refusal, 'detail' | 'problems'> {
  try {
    const { detail, errors } = JSON.parse(text) as ProblemDetails;
    const problems = errors.map((error) => ({
      pointer: escapeControls(error.pointer),
      detail: escapeControls(error.detail),
    }));
    return { detail: escapeControls(detail), problems };
  } catch {
    return { detail: escapeControls(text.slice(0, 200)), problems: [] };
  }
}
