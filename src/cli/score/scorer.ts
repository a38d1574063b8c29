import type { ScoreAnswer, ScoredCell } from '../../api/score/schemas.ts';
import type { Client } from '../client.ts';
import { createAsk } from '../rows/ask.ts';
import type { AskRows } from '../rows/requests.ts';
import type { ColumnVerdict, Expected, LikelyWord, Verdict } from './verdict.ts';

type Expectation = ScoredCell['expected'];
type Likeliest = NonNullable<Expectation['likeliest']>;

/** What an answer says about all of its rows. */
export type ScoreFacts = Pick<ScoreAnswer, 'alarm_rate' | 'calibration' | 'ignored_columns'>;

export interface Scorer {
  readonly score: AskRows<Verdict>;
  /** Of the last answer; null before the first. */
  readonly facts: ScoreFacts | null;
}

/** Scores rows with a model of a running service. The alarm rate is the service's if it is null. */
export function createScorer(
  client: Pick<Client, 'postJson'>,
  modelId: string,
  alarmRate: number | null,
): Scorer {
  const order = {
    model_id: modelId,
    columns: true,
    ...(alarmRate === null ? {} : { alarm_rate: alarmRate }),
  };
  let facts: ScoreFacts | null = null;
  const score = createAsk<ScoreAnswer, Verdict>(client, '/score', order, (answer, row) => {
    facts = answer;
    return readVerdict(answer, row);
  });
  return {
    score,
    get facts() {
      return facts;
    },
  };
}

function readVerdict(answer: ScoreAnswer, row: number): Verdict | null {
  const score = answer.score[row] ?? null;
  if (score === null) return null;
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
