import type { ScoreAnswer, ScoredCell } from '../../api/score/schemas.ts';
import { CallFailed, type Client, type Refusal } from '../client.ts';
import type { ScoreRequest } from './scored-rows.ts';
import type { ColumnVerdict, Expected, LikelyWord, RowOutcome, RowProblem } from './verdict.ts';

type Expectation = ScoredCell['expected'];
type Likeliest = NonNullable<Expectation['likeliest']>;

/** What an answer says about all of its rows. */
export type ScoreFacts = Pick<ScoreAnswer, 'alarm_rate' | 'calibration' | 'ignored_columns'>;

export interface Scorer {
  readonly score: ScoreRequest;
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
  return {
    score: async (data) => {
      try {
        const answer = await client.postJson<ScoreAnswer>('/score', { ...order, data });
        facts = answer;
        return data.map((_, row) => readOutcome(answer, row));
      } catch (error) {
        const outcomes = error instanceof CallFailed ? readRefusal(error.refusal, data.length) : null;
        if (outcomes === null) throw error;
        return outcomes;
      }
    },
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
  const problems: RowProblem[][] = Array.from({ length: rows }, () => []);
  for (const { pointer, detail } of refusal.problems) {
    const [cell, values] = [CELL.exec(pointer)?.groups, DETAIL.exec(detail)?.groups];
    if (cell === undefined || values === undefined) return null;
    const column = cell['column']?.replaceAll('~1', '/').replaceAll('~0', '~') ?? null;
    const { found = '', allowed = '' } = values;
    problems[Number(cell['row'])]?.push({ column, found, allowed });
  }
  return problems.map((own) => ({ problems: own }));
}
