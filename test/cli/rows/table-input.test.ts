import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTable } from '../../../src/cli/rows/table-input.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a pipe that nothing comes from is not waited for when the command is interrupted', async () => {
  const pipe = join(await temporaryFolder(), 'rows');
  execFileSync('mkfifo', [pipe]);
  const controller = new AbortController();
  const opened = openTable(pipe, null, controller.signal);
  const writer = await open(pipe, 'w');
  controller.abort();
  await expect(opened).rejects.toMatchObject({ name: 'AbortError' });
  await writer.close();
});
