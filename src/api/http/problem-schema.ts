import Type, { type Static } from 'typebox';

/** RFC 9457 problem details, the body of every answer that is not a success. */
export const ProblemDetails = Type.Object(
  {
    type: Type.String({ description: 'Always about:blank; `code` says which problem it is.' }),
    title: Type.String({ description: 'The standard phrase of the status.' }),
    status: Type.Integer({ description: 'The HTTP status.' }),
    detail: Type.String({ description: 'What went wrong, for people.' }),
    code: Type.String({ description: 'What went wrong, for programs.', examples: ['validation_failed'] }),
    request_id: Type.String({ description: 'As in the x-request-id header and the log.' }),
    errors: Type.Array(
      Type.Object(
        {
          pointer: Type.String({ description: 'JSON pointer into the body, or the name of a parameter.' }),
          detail: Type.String({ description: 'What was found and what is allowed.' }),
        },
        { additionalProperties: false },
      ),
      { description: 'What is wrong with which field; empty if no field is to blame.' },
    ),
  },
  { title: 'Problem', additionalProperties: false, description: 'RFC 9457 problem details.' },
);
export type ProblemDetails = Static<typeof ProblemDetails>;

const MEANINGS = {
  400: 'The request cannot be read: malformed HTTP, path or JSON, or an empty or incomplete body.',
  404: 'There is nothing with this id.',
  406: 'The answer has none of the media types that the Accept header allows.',
  408: 'The request took too long to arrive.',
  409: 'The state of the job, model or data set does not allow this.',
  413: 'The body is too large, or its answer would be.',
  415: 'The media type of the body is not supported.',
  416: 'The file has no such bytes.',
  417: 'The Expect header asks for something other than 100-continue.',
  422: 'A value is not valid: `errors` says where, what was found and what is allowed.',
  429: 'The service is at capacity; try again after Retry-After seconds.',
  431: 'The request headers are too large.',
  500: 'Something went wrong inside the service.',
  503: 'The queue or the store cannot be reached, or the service is stopping; try again after Retry-After seconds.',
  504: 'No worker answered in time.',
  507: 'The disk is full; try again after Retry-After seconds.',
} as const;
export type ProblemStatus = keyof typeof MEANINGS;

/** The documented answer of a problem status. */
export function documentProblem(status: ProblemStatus) {
  return {
    description: MEANINGS[status],
    content: { 'application/problem+json': { schema: ProblemDetails } },
  };
}
