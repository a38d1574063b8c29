import { hasEncoder } from '../../model/evaluation/subject.ts';
import { AppError } from '../../errors.ts';
import type { InferPayload, InferResult, Operation } from '../../queue/operations.ts';
import { InterruptedError, type JobContext } from '../../queue/queues.ts';
import { fidelity } from '../inference/fidelity.ts';
import { interpolate, manifold, sample, traversal } from '../inference/latent-space.ts';
import type { Runner, InferenceSubject } from '../inference/operation.ts';
import { reconstructDatasetRows, ROW_RUNNERS } from '../inference/rows.ts';
import { scatter } from '../inference/scatter.ts';
import { Subjects, type SubjectDependencies } from '../inference/subjects.ts';

const RUNNERS: { readonly [Name in Operation]: Runner<Name> } = {
  ...ROW_RUNNERS,
  reconstruct_dataset_rows: reconstructDatasetRows,
  sample,
  manifold,
  traversal,
  interpolate,
  scatter,
  fidelity,
};

/** A Processor<'infer'> that knows which output belongs to which operation. */
export type InferProcessor = <Name extends Operation>(
  context: JobContext<'infer'>,
  payload: InferPayload<Name>,
) => Promise<InferResult<Name>>;

/** Answers inference jobs from checkpoints, keeping recently used models in memory. */
export function createInferProcessor(dependencies: SubjectDependencies): InferProcessor {
  const subjects = new Subjects(dependencies);
  return ({ signal }, payload) => {
    const startedAt = performance.now();
    const limit = limitTime(startedAt, payload.timeLimitMs);
    const check = (): void => {
      if (signal.aborted) throw new InterruptedError();
      limit();
    };
    return subjects.use(payload.modelId, payload.checkpoint, check, (subject) =>
      answer(subject, payload, startedAt),
    );
  };
}

/** Errors: no_encoder, and those of the operation. */
async function answer<Name extends Operation>(
  subject: InferenceSubject,
  { operation, input, modelId }: InferPayload<Name>,
  startedAt: number,
): Promise<InferResult<Name>> {
  const runner: Runner<Name> = RUNNERS[operation];
  if (runner.needsEncoder(input) && !hasEncoder(subject.parameters)) {
    throw AppError.of('no_encoder', { id: modelId });
  }
  const output = await runner.run(subject, input);
  const digest = subject.checkpoint.files['parameters.safetensors']?.sha256;
  return { step: subject.step, ...(digest && { digest }), output, computeMs: performance.now() - startedAt };
}

/** A check that throws inference_timeout once the time is up. */
function limitTime(startedAt: number, limitMs: number): () => void {
  return () => {
    if (performance.now() - startedAt > limitMs)
      throw AppError.of('inference_timeout', { seconds: limitMs / 1000 });
  };
}
