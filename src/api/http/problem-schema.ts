import Type, { type Static } from 'typebox';

/** RFC 9457 problem details, the body of every answer that is not a success. */
export const ProblemDetails = Type.Object(
  {
    type: Type.String({ description: 'Always about:blank: `code` tells the problems apart.' }),
    title: Type.String({ description: 'The phrase of the status.' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'What went wrong, for people.' }),
    code: Type.String({ description: 'What went wrong, for programs.', examples: ['validation_failed'] }),
    request_id: Type.String({ description: 'The same as the x-request-id header and the log.' }),
    errors: Type.Array(
      Type.Object(
        {
          pointer: Type.String({ description: 'JSON pointer into the body, or name of a parameter.' }),
          detail: Type.String({ description: 'What was found and what is allowed.' }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { $id: 'Problem', additionalProperties: false, description: 'RFC 9457 problem details.' },
);
export type ProblemDetails = Static<typeof ProblemDetails>;

const MEANINGS = {
  400: 'The request cannot be read: a malformed path or JSON, an empty or incomplete body.',
  404: 'There is no such thing.',
  406: 'No answer of the wanted media type can be given.',
  408: 'The request took too long to arrive.',
  409: 'The state of the thing does not allow it.',
  413: 'Too large, or its answer would be.',
  415: 'This media type is not supported.',
  422: 'Understood but not valid: `errors` says where, what was found and what is allowed.',
  429: 'Too much is waiting already; see Retry-After.',
  500: 'Something went wrong inside the service.',
  503: 'The queue or store cannot be reached, or the service is stopping; see Retry-After.',
  504: 'No worker answered in time.',
  507: 'There is no room to store it; see Retry-After.',
} as const;
export type ProblemStatus = keyof typeof MEANINGS;

interface ProblemResponse {
  readonly description: string;
  readonly content: { readonly 'application/problem+json': { readonly schema: typeof ProblemDetails } };
}

/** Response schemas of these problem statuses. */
export function problems<const Statuses extends readonly ProblemStatus[]>(
  ...statuses: Statuses
): Record<Statuses[number], ProblemResponse> {
  const schema = Type.Unsafe({ $ref: 'Problem#' });
  const entries = statuses.map((status) => [
    status,
    { description: MEANINGS[status], content: { 'application/problem+json': { schema } } },
  ]);
  return Object.fromEntries(entries) as Record<Statuses[number], ProblemResponse>;
}

/** What any request with a JSON body can be answered. */
export const BODY_PROBLEMS = [400, 408, 413, 415, 422] as const;
