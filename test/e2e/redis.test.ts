import { describeOnRedis } from '../support/on-redis.ts';
import { crashSuite } from './crash-suite.ts';
import { evaluationSuite } from './evaluation-suite.ts';
import { inferenceSuite } from './inference-suite.ts';
import { jobSuite } from './job-suite.ts';
import { serviceUnderTest } from './stand.ts';

describeOnRedis('on Redis', (redis) => {
  const current = serviceUnderTest(() => ({ AEVB_QUEUE_URL: redis().url }));
  inferenceSuite(current);
  jobSuite(current);
  evaluationSuite(current);
  crashSuite(current);
});
