import Type, { type Static } from 'typebox';
import { NatsPerRow, Step, Timestamp, wholeNumber } from './record-fields.ts';
import { recordFormat } from './record-format.ts';

/** One line of metrics.jsonl, written at the end of an epoch. */
export const MetricsLine = Type.Object(
  {
    step: Step,
    epoch: wholeNumber(0, 'Passes over the training rows completed so far.'),
    time: Timestamp,
    train_elbo: NatsPerRow,
    validation_elbo: NatsPerRow,
    validation_log_likelihood: NatsPerRow,
    validation_kl_divergence: NatsPerRow,
    rows_per_second: Type.Number({ description: 'Training rows per second of training time.' }),
  },
  { additionalProperties: false },
);
export type MetricsLine = Static<typeof MetricsLine>;

export const metricsFormat = recordFormat('A line of metrics.jsonl', MetricsLine);
