import type { ScoreAnswer, ScoredCell } from '../../api/score/schemas.ts';
import { CallFailed, type Client, type Refusal } from '../client.ts';
import type { ScoreRows } from './scored-rows.ts';
import type { ColumnVerdict, Expected, LikelyWord, RowOutcome, BadCell } from './verdict.ts';

type Expectation = ScoredCell['expected'];
type Likeliest = NonNullable<Expectation['likeliest']>;

/** The status if no worker answers in time: one that has fewer rows to score may. */
const TOO_LATE = 504;

/** What an answer says about all of its rows. */
export type ScoreFacts = Pick<ScoreAnswer, 'alarm_rate' | 'calibration' | 'ignored_columns'>;

export interface Scorer {
  readonly score: ScoreRows;
  /** Of the last answer; null before the first. */
  readonly facts: ScoreFacts | null;
}

/** Scores rows with a model of a running service. The alarm rate is the service's if it is null. */
export function createScorer(client: Client, modelId: string, alarmRate: number | null): Scorer {
  const order = {
    model_id: modelId,
    columns: true,
    ...(alarmRate === null ? {} : { alarm_rate: alarmRate }),
  };
  let facts: ScoreFacts | null = null;
  const score: ScoreRows = async (data) => {
    try {
      const answer = await client.postJson<ScoreAnswer>('/score', { ...order, data });
      facts = answer;
      return data.map((_, row) => readOutcome(answer, row));
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const outcomes = readRefusal(error.refusal, data.length);
      if (outcomes !== null) return outcomes;
      if (error.refusal?.status !== TOO_LATE || data.length === 1) throw error;
      const half = Math.ceil(data.length / 2);
      return [...(await score(data.slice(0, half))), ...(await score(data.slice(half)))];
    }
  };
  return {
    score,
    get facts() {
      return facts;
    },
  };
}

function readOutcome(answer: ScoreAnswer, row: number): RowOutcome {
  const score = answer.score[row] ?? null;
  if (score === null) return { problems: (answer.errors ?? []).filter((error) => error.row === row) };
  return {
    score,
    pValue: answer.p_value?.[row] ?? null,
    flagged: answer.flag?.[row] ?? null,
    columns: (answer.cells?.[row] ?? []).map(readCell).sort((a, b) => b.share - a.share),
  };
}

/** Without a share, a missing value or a model without a calibration, a column is no reason for anything. */
const readCell = ({ column, share, expected }: ScoredCell): ColumnVerdict => ({
  column: column ?? '',
  share: share ?? 0,
  expected: readExpected(expected),
});

function readExpected({ median, low, high, likeliest, parts = {} }: Expectation): Expected | null {
  if (likeliest !== undefined && likeliest.length > 0)
    return { kind: 'words', words: likeliest.map(readWord) };
  if (median === undefined || low === undefined || high === undefined) return null;
  const listed = Object.entries(parts).flatMap(([part, [first]]) =>
    first === undefined ? [] : [{ part, ...readWord(first) }],
  );
  return { kind: 'interval', median, low, high, parts: listed };
}

const readWord = ({ value, probability }: Likeliest[number]): LikelyWord => ({ word: value, probability });

const CELL = /^\/data\/(?<row>\d+)(?:\/(?<column>.*))?$/;
const DETAIL = /^found (?<found>[^]*); allowed: (?<allowed>[^]*?)(?: \(column [^]*\))?$/;

/** The outcomes of a request that was refused because none of its rows can be understood; null if it was refused for another reason. */
function readRefusal(refusal: Refusal | null, rows: number): RowOutcome[] | null {
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
