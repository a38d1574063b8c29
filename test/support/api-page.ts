import type { ErrorCode } from '../../src/errors.ts';
import { ERRORS } from '../../src/errors.ts';
import { statusOf } from '../../src/api/problems.ts';

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly {
    name: string;
    in: string;
    required?: boolean;
    schema: Json;
    description?: string;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Json }>> };
  readonly responses: Readonly<Record<string, { content?: Json }>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** docs/api.md: every route and every error, as the service itself publishes them. */
export function apiPage(document: Json): string {
  const routes = Object.entries(document['paths'] as Paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => route(method, path, operation)),
  );
  return [...INTRODUCTION, ...routes, ...errors()].join('\n');
}

const INTRODUCTION = [
  '# API',
  '',
  'What the OpenAPI document of a running service (`/docs/json`, to click at `/docs`) says, on one page. Names are snake_case,',
  'times RFC 3339, bounds and log probabilities nats. Work is answered 429 when too much is under way and 503 while the service stops or',
  'its queue is away, both with Retry-After.',
  '',
];

function route(method: string, path: string, operation: Operation): string {
  const { summary = '', description, parameters = [], requestBody, responses } = operation;
  const statuses = Object.entries(responses).map(([status, { content }]) => {
    const types = Object.keys(content ?? {}).filter((type) => type !== 'application/problem+json');
    return types.length > 0 ? `${status} (${types.join(', ')})` : status;
  });
  return [
    `## ${method.toUpperCase()} ${path}`,
    '',
    [`${summary}.`, description].filter(Boolean).join(' '),
    '',
    ...parameters.map(({ name, in: where, required, schema, description: about }) =>
      field(`${name} (${where})`, { description: about, ...schema }, required === true, 0),
    ),
    ...body(requestBody),
    '',
    `Answers: ${statuses.join(', ')}`,
    '',
  ].join('\n');
}

function body(requestBody: Operation['requestBody']): string[] {
  const content = Object.entries(requestBody?.content ?? {});
  const json = requestBody?.content['application/json'];
  if (json) return fields(json.schema, 0);
  return content.length > 0 ? [`Body: ${content.map(([type]) => `\`${type}\``).join(', ')}`] : [];
}

function fields(schema: Json, depth: number): string[] {
  const required = (schema['required'] ?? []) as string[];
  return Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Json>>).flatMap(
    ([name, own]) => [field(name, own, required.includes(name), depth), ...inside(own, depth + 1)],
  );
}

/** Fields of an object, of the variants of a tagged union, or of an array's items. */
function inside(schema: Json, depth: number): string[] {
  const variants = (schema['oneOf'] ?? []) as readonly Json[];
  const indent = '  '.repeat(depth);
  const tag = (schema['discriminator'] as { propertyName: string } | undefined)?.propertyName;
  const own = variants.flatMap((variant) => {
    const properties = Object.entries(variant['properties'] as Record<string, Json>);
    const rest = Object.fromEntries(properties.filter(([name]) => name !== tag));
    return [
      `${indent}- \`${String(variant['title'])}\``,
      ...fields({ ...variant, properties: rest }, depth + 1),
    ];
  });
  const items = schema['items'] as Json | undefined;
  return [...own, ...(items ? inside(items, depth) : []), ...fields(schema, depth)];
}

function field(name: string, schema: Json, required: boolean, depth: number): string {
  const { description, default: value } = schema;
  const told = [kind(schema), limits(schema), required && 'required', defaultOf(value)].filter(Boolean);
  const about = typeof description === 'string' ? ` ${description}` : '';
  return `${'  '.repeat(depth)}- \`${name}\`: ${told.join(', ')}.${about}`;
}

function defaultOf(value: unknown): string {
  const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return value === undefined || (empty && !Array.isArray(value))
    ? ''
    : `default \`${JSON.stringify(value)}\``;
}

function kind(schema: Json): string {
  const { enum: values, type, anyOf, oneOf } = schema;
  if (Array.isArray(values)) return values.map((value) => `\`${String(value)}\``).join(' | ');
  if (Array.isArray(anyOf)) return anyOf.map((one) => kind(one as Json)).join(' or ');
  return Array.isArray(oneOf) ? 'one of' : typeof type === 'string' ? type : 'any';
}

function limits(schema: Json): string {
  const words = {
    minimum: 'at least',
    exclusiveMinimum: 'above',
    maximum: 'at most',
    exclusiveMaximum: 'below',
    minItems: 'at least (items)',
    maxItems: 'at most (items)',
  } as const;
  const known = Object.entries(words).filter(([name]) => schema[name] !== undefined);
  return known.map(([name, word]) => `${word} ${String(schema[name])}`).join(', ');
}

function errors(): string[] {
  const rows = (Object.keys(ERRORS) as ErrorCode[]).map((code) => {
    return `| \`${code}\` | ${statusOf(ERRORS[code].kind)} |`;
  });
  return [
    '## Errors',
    '',
    '`application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail`, `code`, `request_id` and, for a request that is',
    'not valid, `errors`: a list of `{ pointer, detail }`.',
    '',
    '| code | status |',
    '| --- | --- |',
    ...rows,
    '',
  ];
}
