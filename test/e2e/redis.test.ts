import { describeOnRedis } from '../support/on-redis.ts';
import { crashSuite } from './crash-suite.ts';
import { inferenceSuite } from './inference-suite.ts';
import { serviceUnderTest } from './stand.ts';

/** What goes through the queue. The suites of embedded.test.ts that are not here meet queues by the contracts of test/queue. */
describeOnRedis('on Redis', (redis) => {
  const current = serviceUnderTest(() => ({ AEVB_QUEUE_URL: redis().url }), 'npy');
  inferenceSuite(current, 'npy');
  crashSuite(current, { kills: [0.2] });
});
