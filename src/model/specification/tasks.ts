import Type, { type Static } from 'typebox';
import { SCORE_DRAWS } from './scoring.ts';

/** What jobs do with all rows of a data set, or how they draw rows. */

const closed = { additionalProperties: false } as const;
const seed = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Whether the rows themselves stand before what is computed of them. */
const withData = Type.Boolean();

export const ScoreTask = Type.Object(
  {
    type: Type.Literal('score'),
    withData,
    /** p-values up to it are flagged. */
    alarmRate: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    /** The strangest column, and each column's share. */
    byColumn: Type.Boolean(),
  },
  closed,
);
export const EncodeTask = Type.Object({ type: Type.Literal('encode'), withData }, closed);
export const ImputeTask = Type.Object(
  {
    type: Type.Literal('impute'),
    /** Draws of z for each row: rounds * {@link SCORE_DRAWS}. */
    rounds: Type.Integer({ minimum: 1, maximum: 64 }),
    seed,
    /** The bounds of 90 % beside numbers. */
    intervals: Type.Boolean(),
  },
  closed,
);
export const SampleTask = Type.Object(
  { type: Type.Literal('sample'), count: Type.Integer({ minimum: 1 }), seed },
  closed,
);
export const Task = Type.Union([ScoreTask, EncodeTask, ImputeTask, SampleTask]);
export type Task = Static<typeof Task>;
export type TaskName = Task['type'];
export const TASK_NAMES = ['score', 'encode', 'impute', 'sample'] as const satisfies readonly TaskName[];
export type TaskOf<Name extends TaskName> = Extract<Task, { type: Name }>;

/** Passes through the decoder that a task takes for each row. */
export function countPasses(task: Task): number {
  if (task.type === 'impute') return task.rounds * SCORE_DRAWS;
  return task.type === 'score' ? SCORE_DRAWS : 1;
}
