import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSavedJobs } from '../../src/cli/saved-jobs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ASKED = { dataset_id: 'mnist', training: { epochs: 2 } };

test('what was asked is found again under its name, also by the next process', async () => {
  const folder = await temporaryFolder();
  await (await openSavedJobs(folder, 'here')).keep('a', { asked: ASKED, id: 'job_1' });
  const state = await openSavedJobs(folder, 'here');
  expect(state.find('a', { ...ASKED })?.id).toBe('job_1');
  expect(state.find('b', ASKED)).toBeNull();
  await state.forget('a');
  expect((await openSavedJobs(folder, 'here')).find('a', ASKED)).toBeNull();
});

test('something else asked under the name is not what was asked', async () => {
  const state = await openSavedJobs(await temporaryFolder(), 'here');
  await state.keep('a', { asked: ASKED, id: 'job_1' });
  expect(state.find('a', { ...ASKED, training: { epochs: 3 } })).toBeNull();
});

test("another service's jobs are refused", async () => {
  const folder = await temporaryFolder();
  await (await openSavedJobs(folder, 'http://a')).keep('a', { asked: ASKED, id: 'job_1' });
  await expect(openSavedJobs(folder, 'http://b')).rejects.toThrow(
    /contains jobs of http:\/\/a, not of http:\/\/b/,
  );
});

test('a state that cannot be read is told, not overwritten', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'state.json'), '{"serv');
  await expect(openSavedJobs(folder, 'here')).rejects.toThrow(SyntaxError);
});
