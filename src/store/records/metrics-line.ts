import Type, { type Static } from 'typebox';
import { allowNull } from '../../model/specification.ts';
import { NatsPerRow, Step, Timestamp, wholeNumber } from './record-fields.ts';
import { recordFormat } from './record-format.ts';

/** Lines written before test rows could be watched lack it. */
const Watched = allowNull(Type.Number(), {
  default: null,
  description:
    'Of the test rows, nats per row; null unless the training watches them, or if it is not finite.',
});

/** One line of metrics.jsonl, written at the end of a round: see model/training/rounds.ts. */
export const MetricsLine = Type.Object(
  {
    step: Step,
    epoch: wholeNumber(0, 'Passes over the training rows completed so far.'),
    time: Timestamp,
    train_elbo: NatsPerRow,
    validation_elbo: NatsPerRow,
    validation_log_likelihood: NatsPerRow,
    validation_kl_divergence: NatsPerRow,
    test_elbo: Watched,
    test_log_likelihood: Watched,
    test_kl_divergence: Watched,
    rows_per_second: Type.Number({ description: 'Training rows per second of training time.' }),
  },
  { additionalProperties: false },
);
export type MetricsLine = Static<typeof MetricsLine>;

export const metricsFormat = recordFormat('A line of metrics.jsonl', MetricsLine);
