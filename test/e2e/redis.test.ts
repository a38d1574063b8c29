import { describeOnRedis } from '../support/on-redis.ts';
import { crashSuite } from './crash-suite.ts';
import { inferenceSuite } from './inference-suite.ts';
import { jobSuite } from './job-suite.ts';
import { serviceUnderTest } from './stand.ts';

describeOnRedis('on Redis', (redis) => {
  const current = serviceUnderTest(() => ({ AEVB_QUEUE_URL: redis().url }));
  inferenceSuite(current);
  jobSuite(current);
  crashSuite(current);
});
