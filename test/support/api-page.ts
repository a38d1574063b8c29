import { toProblem, PROBLEM_TYPE } from '../../src/api/http/problem-answer.ts';
import { HTTP_ERRORS, type HttpErrorCode } from '../../src/api/http/http-error.ts';
import { NPY_TYPE, UPLOAD_TYPES } from '../../src/api/http/media.ts';
import { AppError, ERRORS, type ErrorCode } from '../../src/errors.ts';
import { code, field, fieldsOf, tagOf, valueOf, type Field, type Schema } from './api-fields.ts';

interface Content {
  readonly schema?: Schema;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly deprecated?: boolean;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, Content>> }>
  >;
}

/** The part of the OpenAPI document that the page uses. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
}

/** Components with a section of their own; all others are shown where they are used. */
const SECTIONS = ['Problem', 'TrainJob', 'EvaluateJob', 'Dataset', 'DatasetDetails', 'Model', 'ModelDetails'];

function inlineComponents(document: ApiDocument): ApiDocument {
  const { schemas } = document.components;
  const sections = SECTIONS.flatMap((name) => Object.entries(schemas).filter(([one]) => one === name));
  return {
    ...document,
    paths: inline(document.paths) as ApiDocument['paths'],
    components: { schemas: inline(Object.fromEntries(sections)) as ApiDocument['components']['schemas'] },
  };

  function inline(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(inline);
    if (typeof value !== 'object' || value === null) return value;
    const { $ref, ...others } = value as Schema;
    const name = $ref?.replace('#/components/schemas/', '') ?? '';
    if ($ref !== undefined && SECTIONS.includes(name)) return value;
    const whole = { ...schemas[name], ...others };
    return Object.fromEntries(Object.entries(whole).map(([key, child]) => [key, inline(child)]));
  }
}

interface Route {
  readonly title: string;
  readonly operation: Operation;
}

/** docs/api.md: every route, object and error, as the service publishes them. */
export function apiPage(published: ApiDocument): string {
  const document = inlineComponents(published);
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      title: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
  const groups = document.tags.map(({ name, description }) => ({
    name,
    description,
    routes: routes.filter(({ operation }) => operation.tags?.[0] === name),
  }));
  return [
    INTRODUCTION,
    '## Routes',
    routeTable(groups.flatMap((group) => group.routes)),
    ...groups.flatMap(({ name, description, routes: own }) => [
      `## ${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
      description,
      ...own.flatMap(routeSection),
    ]),
    '## Objects',
    ...Object.entries(document.components.schemas).flatMap(([name, schema]) => [
      `### ${name}`,
      answerFields(schema),
    ]),
    ...errorSection(),
  ]
    .join('\n\n')
    .concat('\n');
}

const INTRODUCTION = `# HTTP API

This page lists every route, object and error. It is generated from the OpenAPI 3.1 document that a running service publishes at
\`/docs/json\`; \`/docs\` shows the same with forms to try it. To update the page after a change, run
\`npx vitest run test/docs/api.test.ts -u\`; without \`-u\`, that test fails if page and service differ.

- Bodies are \`application/json\` in UTF-8, except the files of \`POST /datasets\`. Operations on rows also take arrays: as base64, or as
  an NPY file in place of the body. Unknown fields are refused. Fields that are not
  \`required\` are optional.
- Times are RFC 3339 in UTC. Bounds, log likelihoods and divergences are in nats per row.
- Data values are float32. Numbers in answers have as few digits as tell them from other float32 values. Rows are flat, or nested as in the data set's \`row_shape\`.
- Every answer has an \`x-request-id\`, which also appears in the log. Answers to inferences have \`server-timing\`: the milliseconds
  spent in \`total\`, in \`batch\` (waiting for a run that others share), \`queue\` and \`compute\`. \`x-aevb-digest\` is the SHA-256 of the parameters
  they were computed with, and \`x-aevb-batch-rows\` counts the rows of the run.
- Operations on rows also answer NPY and CSV, if the Accept header asks for it. Model and step are then in the headers \`x-aevb-model\` and
  \`x-aevb-step\`, and \`x-aevb-row-errors\` counts rows that could not be understood: they are NaN or empty cells.
- A body of JSON or NPY can be compressed (\`content-encoding: gzip\`). JSON, CSV and text of 1 KiB or more are compressed if the client
  accepts gzip; downloads are not.
- Answers that a worker computes have an \`etag\`. A GET whose \`if-none-match\` has it is answered 304 without a body.
- Lists come in pages. If \`has_more\` is true, pass the last id of a page as \`after\` to get the next one.
- After 429, 503 or 507, try again in \`retry-after\` seconds.
- The operator [sets](../README.md#configuration) how large bodies, uploads and inferences can be and how long they can take.`;

function routeTable(routes: readonly Route[]): string {
  const lines = routes.map(({ title, operation }) => [
    `[${title}](#${anchor(title)})`,
    operation.summary ?? '',
    successes(operation).map(([status]) => status),
  ]);
  return table(
    ['route', 'what it does', 'answers'],
    lines.map((line) => line.map(String)),
  );
}

/** The anchor that GitHub gives a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');
}

function routeSection({ title, operation }: Route): string[] {
  // Its fields are those of the route that its summary names.
  if (operation.deprecated === true) return [`### ${title}`, `${operation.summary ?? ''}.`];
  const { summary = '', description, parameters = [], requestBody } = operation;
  const files = Object.keys(requestBody?.content ?? {}).filter((type) => type !== 'application/json');
  const json = requestBody?.content['application/json']?.schema;
  const isArrayBody = files.length > 0 && json !== undefined;
  const named = (isArrayBody ? [] : parameters).flatMap(({ name, required, description: about, schema }) =>
    field(name, { ...schema, ...(about !== undefined && { description: about }) }, required === true),
  );
  return [
    `### ${title}`,
    [`${summary}.`, description].filter(Boolean).join(' '),
    ...(named.length > 0 ? [`${whereOf(parameters)}:`, requestFields(named)] : []),
    ...(isArrayBody ? [describeArrayBody(parameters)] : []),
    ...(files.length > 0 && !isArrayBody
      ? [`Body: the file, as ${UPLOAD_TYPES.map(code).join(', ')} or without a content type.`]
      : []),
    ...(json ? bodiesOf(json) : []),
    ...successes(operation).flatMap(answerParts),
    `Errors: ${problemStatuses(operation).join(', ')}.`,
  ];
}

function describeArrayBody(parameters: NonNullable<Operation['parameters']>): string {
  const names = parameters.map(({ name }) => code(name)).join(', ');
  return `Body: JSON, or an NPY file as ${code(NPY_TYPE)} that is the rows. Beside a file, other fields are in the query: ${names}.`;
}

/** One table for each variant of a body; a field says which variant it is. */
function bodiesOf(schema: Schema): string[] {
  const { oneOf } = schema;
  if (!oneOf) return ['Body:', requestFields(fieldsOf(schema))];
  const tag = tagOf(oneOf);
  return oneOf.flatMap((variant) => {
    const { const: value = '', default: usual } = variant.properties?.[tag] ?? {};
    const otherwise = value === usual ? ' (the default)' : '';
    return [`Body with ${code(tag)} ${code(value)}${otherwise}:`, requestFields(fieldsOf(variant))];
  });
}

function whereOf(parameters: NonNullable<Operation['parameters']>): string {
  const places = new Set(parameters.map((parameter) => parameter.in));
  return places.size > 1 ? 'Path and query' : places.has('path') ? 'Path' : 'Query';
}

type Answer = readonly [status: string, answer: Operation['responses'][string]];

const successes = ({ responses }: Operation): Answer[] =>
  Object.entries(responses).filter(([status]) => status.startsWith('2'));

function problemStatuses({ responses }: Operation): string[] {
  return Object.keys(responses).filter((status) => status >= '400');
}

function answerParts([status, { content = {} }]: Answer): string[] {
  const types = Object.keys(content);
  if (types.length === 0) return [`Answer: ${status}, no body.`];
  const head = `Answer: ${status}, ${types.map(code).join(' or ')}`;
  const schema = content['application/json']?.schema ?? {};
  const isNamed = schema.$ref !== undefined || schema.anyOf?.every(({ $ref }) => $ref !== undefined);
  return isNamed ? [`${head}: ${valueOf(schema)}.`] : [`${head}:`, answerFields(schema)];
}

function requestFields(fields: readonly Field[]): string {
  return table(
    ['field', 'value', 'default', 'meaning'],
    fields.map(({ name, value, otherwise, meaning }) => [code(name), value, otherwise, meaning]),
  );
}

/** POST /jobs describes the specifications. */
const ORDERED: Schema = { type: 'object', description: 'As ordered, with every default filled in.' };

function answerFields(schema: Schema): string {
  const { model, training, ...others } = schema.properties ?? {};
  const properties = {
    ...others,
    ...(model && { model: ORDERED }),
    ...(training && { training: ORDERED }),
  };
  return table(
    ['field', 'value', 'meaning'],
    fieldsOf({ ...schema, properties }).map(({ name, value, meaning }) => [code(name), value, meaning]),
  );
}

function errorSection(): string[] {
  return [
    '## Errors',
    `Every answer that is not a success, except those of the Open Inference Protocol, is a [Problem](#problem): \`${PROBLEM_TYPE}\` (RFC 9457). \`code\` identifies the error.
\`{...}\` marks values that are filled in. The \`detail\` of a 500 is always "Something went wrong inside the service."; the log has
the message below. A failed job has the \`code\` and the message in its \`error\`.`,
    table(
      ['code', 'status', 'retry-after', 'detail'],
      [
        ...(Object.keys(ERRORS) as ErrorCode[]).map(appError),
        ...(Object.keys(HTTP_ERRORS) as HttpErrorCode[]).map(httpError),
      ],
    ),
    'If the id is in the path, `id_invalid` is answered 404.',
  ];
}

function appError(name: ErrorCode): string[] {
  // Each value of a message is shown as its name in braces.
  const values = new Proxy({}, { get: (_, value) => `{${String(value)}}` });
  const error = AppError.of(name, values);
  const { status, headers } = toProblem(error, { requestId: '' });
  return [code(name), String(status), headers['retry-after'] ?? '', error.message];
}

function httpError(name: HttpErrorCode): string[] {
  const { status, message } = HTTP_ERRORS[name];
  return [code(name), String(status), '', message];
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map(() => '---');
  return [head, rule, ...lines]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}
