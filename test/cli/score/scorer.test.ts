import { describe, expect, test } from 'vitest';
import { CallFailed, type Client, type Refusal } from '../../../src/cli/client.ts';
import { createScorer } from '../../../src/cli/score/scorer.ts';

const ANSWER = {
  alarm_rate: 0.05,
  calibration: { rows: 0, note: 'There is nothing to compare with.' },
  score: [7, 8],
  p_value: null,
  flag: null,
  cells: [
    [
      {
        column: 'day',
        share: 0.2,
        expected: {
          median: '2020-01-02',
          low: '2020-01-01',
          high: '2020-01-09',
          parts: { weekday: [{ value: 'Monday', probability: 0.8 }], hour: [] },
        },
      },
      { column: 'model', share: 0.8, expected: { likeliest: [{ value: 'mini', probability: 0.9 }] } },
      { column: 'load', share: null, expected: {} },
    ],
    null,
  ],
};

type Answering = (rows: number) => object;

/** Answers with one value, or by the number of rows; an error is thrown. */
function scorer(answer: object, alarmRate: number | null = null) {
  const bodies: object[] = [];
  const postJson = async <Answer>(_: string, body: object): Promise<Answer> => {
    bodies.push(body);
    const { data } = body as { readonly data: readonly unknown[] };
    const given = isAnswering(answer) ? answer(data.length) : answer;
    if (given instanceof Error) throw given;
    return given as Answer;
  };
  const unused = async (): Promise<never> => Promise.reject(new Error('not a call of a scorer'));
  const client: Client = {
    postJson,
    getJson: unused,
    getBytes: unused,
    postBytes: unused,
    upload: unused,
    waitForJob: unused,
  };
  return { bodies, ...createScorer(client, 'model_1', alarmRate) };
}

const isAnswering = (answer: object): answer is Answering => typeof answer === 'function';

const refused = (refusal: Refusal): CallFailed => new CallFailed('POST /score', { refusal });

describe('a scorer', () => {
  test('reads what the service says, the most telling column first', async () => {
    const { score, bodies } = scorer(ANSWER, 0.05);
    const expected = {
      kind: 'interval',
      median: '2020-01-02',
      low: '2020-01-01',
      high: '2020-01-09',
      parts: [{ part: 'weekday', word: 'Monday', probability: 0.8 }],
    };
    expect(await score([{ a: 1 }, { a: 2 }])).toEqual([
      {
        score: 7,
        pValue: null,
        flagged: null,
        columns: [
          {
            column: 'model',
            share: 0.8,
            expected: { kind: 'words', words: [{ word: 'mini', probability: 0.9 }] },
          },
          { column: 'day', share: 0.2, expected },
          { column: 'load', share: 0, expected: null },
        ],
      },
      { score: 8, pValue: null, flagged: null, columns: [] },
    ]);
    expect(bodies).toEqual([
      { model_id: 'model_1', columns: true, alarm_rate: 0.05, data: [{ a: 1 }, { a: 2 }] },
    ]);
  });

  test('leaves the alarm rate to the service', async () => {
    const { score, bodies } = scorer(ANSWER);
    await score([{ a: 1 }]);
    expect(bodies).toEqual([{ model_id: 'model_1', columns: true, data: [{ a: 1 }] }]);
  });

  test('finds a problem for every row if the service can understand none', async () => {
    const problems = [
      { pointer: '/data/0/a~1b', detail: 'found "x; y"; allowed: a number (column a/b)' },
      { pointer: '/data/1', detail: 'found null; allowed: a row' },
    ];
    const { score } = scorer(refused({ status: 422, detail: 'The request is not valid.', problems }));
    expect(await score([{ 'a/b': 'x; y' }, {}])).toEqual([
      { problems: [{ column: 'a/b', found: '"x; y"', allowed: 'a number' }] },
      { problems: [{ column: null, found: 'null', allowed: 'a row' }] },
    ]);
  });

  test('asks for fewer rows if the service takes too long', async () => {
    const late = refused({ status: 504, detail: 'No worker answered within 30 seconds.', problems: [] });
    const { score, bodies } = scorer((rows: number) =>
      rows > 2 ? late : { ...ANSWER, score: [7, 8].slice(0, rows) },
    );
    const outcomes = await score([{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }, { a: 5 }]);
    expect(outcomes.map((outcome) => 'score' in outcome && outcome.score)).toEqual([7, 8, 7, 7, 8]);
    expect(bodies).toHaveLength(5);
    await expect(scorer(late).score([{ a: 1 }])).rejects.toThrow(late);
  });

  test.each([
    [{ status: 404, detail: 'There is no model model_1.', problems: [] }],
    [{ status: 422, detail: 'No.', problems: [{ pointer: '/alarm_rate', detail: 'must be < 1' }] }],
  ])('passes other refusals on: %j', async (refusal) => {
    await expect(scorer(refused(refusal)).score([{ a: 1 }])).rejects.toThrow(CallFailed);
  });
});
