import { describe } from 'vitest';
import { crashSuite } from './crash-suite.ts';
import { evaluationSuite } from './evaluation-suite.ts';
import { inferenceProcessSuite, inferenceSuite } from './inference-suite.ts';
import { jobSuite } from './job-suite.ts';
import { pictureSuite } from './picture-suite.ts';
import { serviceUnderTest } from './stand.ts';

describe('on the embedded queue', () => {
  const current = serviceUnderTest(() => ({}));
  inferenceSuite(current, ['csv', 'idx.gz']);
  inferenceProcessSuite(current);
  pictureSuite(current);
  jobSuite(current);
  evaluationSuite(current);
  crashSuite(current, { kills: [0.02, 0.2, 0.4] });
});
