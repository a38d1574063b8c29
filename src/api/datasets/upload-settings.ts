import Type from 'typebox';
import { AppError } from '../../errors.ts';
import { ROLES, type Role } from '../../model/table.ts';
import type { DatasetUpload } from '../../store/datasets.ts';
import { compileCheck } from '../../validation.ts';
import { UploadQuery } from './schemas.ts';

const UTF_8 = /^utf-?8$/i;
const MAX_MARKS = 100;
const MAX_MARK = 100;

/** Checks the settings of a form, whose fields are text. Errors: validation_failed. */
export function checkForm(fields: Readonly<Record<string, unknown>>): UploadQuery {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return checkFields(Object.fromEntries(given.map(([name, value]) => [name, toNumber(name, value)])));
}

const checkFields = compileCheck(UploadQuery, 'The form');
const NUMERIC: ReadonlySet<string> = new Set(
  Object.entries(UploadQuery.properties).flatMap(([name, schema]) =>
    'type' in schema && (schema.type === 'number' || schema.type === 'integer') ? [name] : [],
  ),
);

function toNumber(name: string, value: unknown): unknown {
  if (!NUMERIC.has(name) || typeof value !== 'string' || value.trim() === '') return value;
  return Number.isFinite(Number(value)) ? Number(value) : value;
}

/** The settings for the store. `charset` is that of the media type. Errors: validation_failed. */
export function toUpload(query: UploadQuery, charset?: string): DatasetUpload {
  const { name = 'unnamed', format, scale, test_rows: testRows, header, columns, missing } = query;
  const encoding = query.encoding ?? (charset !== undefined && !UTF_8.test(charset) ? charset : undefined);
  return {
    name,
    ...(format === undefined ? {} : { format }),
    ...(scale === undefined ? {} : { scale }),
    ...(testRows === undefined ? {} : { testRows }),
    ...(header === 'auto' ? {} : { header: header === 'true' }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(columns === undefined ? {} : { columns: parseRoles(columns) }),
    ...(missing === undefined ? {} : { missing: parseMarks(missing) }),
  };
}

const checkRoles = compileCheck(
  Type.Unsafe<Record<string, Role>>({
    type: 'object',
    additionalProperties: { type: 'string', enum: [...ROLES] },
  }),
  'The query',
);

function parseRoles(text: string): Record<string, Role> {
  try {
    return checkRoles(JSON.parse(text));
  } catch (error) {
    const problems = error instanceof AppError ? error.problems : [];
    const detail = 'must be JSON such as {"order_id":"id","price":"number"}';
    throw refuse(
      problems.length === 0
        ? [{ pointer: 'columns', detail: `${detail}; found ${JSON.stringify(text.slice(0, 60))}` }]
        : problems.map((problem) => ({ ...problem, pointer: `columns${problem.pointer}` })),
    );
  }
}

function parseMarks(text: string): string[] {
  const marks = text.split(',').map((mark) => mark.trim());
  const long = marks.some((mark) => mark.length > MAX_MARK);
  if (marks.length <= MAX_MARKS && !long) return marks.filter((mark) => mark !== '');
  const detail = `must be at most ${MAX_MARKS} marks of at most ${MAX_MARK} characters, separated by commas`;
  throw refuse([{ pointer: 'missing', detail }]);
}

const refuse = (problems: AppError['problems']): AppError =>
  AppError.of('validation_failed', { what: 'The query' }, { problems });
