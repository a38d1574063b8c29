import { describe } from 'vitest';
import { crashSuite } from './crash-suite.ts';
import { evaluationSuite } from './evaluation-suite.ts';
import { deletionSuite, inferenceProcessSuite, inferenceSuite } from './inference-suite.ts';
import { jobSuite } from './job-suite.ts';
import { pictureSuite } from './picture-suite.ts';
import { serviceUnderTest } from './stand.ts';

describe('on the embedded queue', () => {
  const current = serviceUnderTest(() => ({}), 'idx.gz');
  inferenceSuite(current, 'idx.gz');
  deletionSuite(current);
  inferenceProcessSuite(current);
  pictureSuite(current);
  evaluationSuite(current);
  jobSuite(current);
  crashSuite(current, { kills: [0.02, 0.15, 0.3] });
});
