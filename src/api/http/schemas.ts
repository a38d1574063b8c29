import Type, { type Static, type TSchema } from 'typebox';
import { closed } from '../../model/specification.ts';

export { allowNull, closed } from '../../model/specification.ts';

/**
 * A keyword for additions to the published schema; the validator ignores it. For parts that are checked by hand because they
 * are too large for a schema validator.
 */
export const PUBLISHED = 'x-published';

export const Checkpoint = Type.Optional(
  Type.Unsafe<'latest' | 'best' | number>({
    anyOf: [
      { type: 'string', enum: ['latest', 'best'] },
      { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    ],
    description:
      "latest, best (highest validation elbo), or the step of a checkpoint. Default: the model's default_checkpoint.",
  }),
);

/** Any id in a path; the store or the queue decides whether it exists. */
export const ById = Type.Object({ id: Type.String() }, closed);

export const PAGE_FIELDS = {
  limit: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 20,
    description: 'Maximum number of entries in one page.',
  }),
  after: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_-]{1,64}$',
      description: 'Id of the last entry of the previous page.',
    }),
  ),
};
export const PageQuery = Type.Object(PAGE_FIELDS, closed);
export type PageQuery = Static<typeof PageQuery>;

/** One page of a list. */
export function definePage<Schema extends TSchema>(entry: Schema) {
  return Type.Object(
    {
      data: Type.Array(entry),
      has_more: Type.Boolean({ description: 'Whether there is a next page.' }),
    },
    closed,
  );
}

/** The page query for the stores and the queue: `after` is absent rather than undefined. */
export function toPage(query: PageQuery): { limit: number; after?: string } {
  return query.after === undefined ? { limit: query.limit } : { limit: query.limit, after: query.after };
}

/** The schema with a description of its own, such as that of a route's answer. */
export function addDescription<Schema extends TSchema>(schema: Schema, description: string): Schema {
  return { ...schema, description };
}
