import type { RowError } from '../../api/inference/row-errors.ts';
import { CallFailed, type Client, type Refusal } from '../client.ts';
import type { BadCell, Unread } from './outcome.ts';
import type { AskRows } from './requests.ts';

/** Statuses of requests that are answered if they have fewer rows: no worker answers in time, or they are too large. */
const TOO_MUCH: readonly number[] = [504, 413];

/**
 * Creates the function that posts rows to a path and reads an answer for each; `read` gives null for a row that has none. Rows that
 * are too many for one request are asked about in two.
 */
export function createAsk<Answer extends { readonly errors?: readonly RowError[] }, Found extends object>(
  client: Pick<Client, 'postJson'>,
  path: string,
  order: object,
  read: (answer: Answer, row: number) => Found | null,
): AskRows<Found> {
  const ask: AskRows<Found> = async (data) => {
    try {
      const answer = await client.postJson<Answer>(path, { ...order, data });
      return data.map((_, row) => read(answer, row) ?? { problems: findErrors(answer, row) });
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const outcomes = readRefusal(error.refusal, data.length);
      if (outcomes !== null) return outcomes;
      if (!TOO_MUCH.includes(error.refusal?.status ?? NaN) || data.length === 1) throw error;
      const half = Math.ceil(data.length / 2);
      return [...(await ask(data.slice(0, half))), ...(await ask(data.slice(half)))];
    }
  };
  return ask;
}

const findErrors = ({ errors = [] }: { readonly errors?: readonly RowError[] }, row: number): RowError[] =>
  errors.filter((error) => error.row === row);

const CELL = /^\/data\/(?<row>\d+)(?:\/(?<column>.*))?$/;
const DETAIL = /^found (?<found>[^]*); allowed: (?<allowed>[^]*?)(?: \(column [^]*\))?$/;

/** The outcomes of a request that was refused because none of its rows can be understood; null if it was refused for another reason. */
function readRefusal(refusal: Refusal | null, rows: number): Unread[] | null {
  if (refusal?.status !== 422 || refusal.problems.length === 0) return null;
  const problems: BadCell[][] = Array.from({ length: rows }, () => []);
  for (const { pointer, detail } of refusal.problems) {
    const [cell, values] = [CELL.exec(pointer)?.groups, DETAIL.exec(detail)?.groups];
    if (cell === undefined || values === undefined) return null;
    const column = cell['column']?.replaceAll('~1', '/').replaceAll('~0', '~') ?? null;
    const { found = '', allowed = '' } = values;
    problems[Number(cell['row'])]?.push({ column, found, allowed });
  }
  return problems.map((own) => ({ problems: own }));
}
