import Type, { type TProperties } from 'typebox';
import { JOB_STATES, type JobState } from '../../queue/jobs.ts';
import { Timestamp } from '../../store/records/record-fields.ts';
import { allowNull, closed } from '../http/schemas.ts';

/** What requests and answers of all types of jobs have in common. */

export const JobStateSchema = Type.Unsafe<JobState>({ type: 'string', enum: [...JOB_STATES] });
export const text = { minLength: 1, maxLength: 100 } as const;

const Failure = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    problems: Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }, closed)),
  },
  { ...closed, title: 'JobFailure' },
);

export const defineJob = <Fields extends TProperties>(fields: Fields) => ({
  id: Type.String(),
  state: JobStateSchema,
  dataset_id: Type.String(),
  created_at: Timestamp,
  started_at: allowNull(Timestamp),
  finished_at: allowNull(Timestamp),
  attempts: Type.Integer({ description: 'How often a worker has started it.' }),
  error: allowNull(Failure),
  ...fields,
});
