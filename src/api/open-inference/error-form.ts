import Type from 'typebox';
import type { ErrorForm } from '../http/error-forms.ts';
import type { ProblemDetails } from '../http/problem-schema.ts';
import { closed } from '../http/schemas.ts';

/** Errors as the protocol has them: one text, and 400 for whatever the client can change. */
export const INFERENCE_ERRORS: ErrorForm = {
  schema: Type.Object(
    { error: Type.String({ description: 'What went wrong, where, and what is allowed.' }) },
    { ...closed, title: 'InferenceError' },
  ),
  statuses: { 409: 400, 422: 400 },
  meanings: {
    400: 'The request cannot be read, a value is not valid, or the model has no such outputs or no checkpoint yet.',
    404: 'There is no such model, or it has no checkpoint of this step.',
    415: 'The body has a content encoding other than gzip.',
  },
  write: (problem) => ({ error: toText(problem) }),
};

function toText({ detail, errors }: ProblemDetails): string {
  if (errors.length === 0) return detail;
  return errors.map((one) => (one.pointer === '' ? one.detail : `${one.pointer}: ${one.detail}`)).join('; ');
}
