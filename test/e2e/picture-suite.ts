import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { SIDE } from '../support/tiny-images.ts';
import type { ServiceUnderTest } from './stand.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `aevb picture` in a process of its own. */
function picture(...flags: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'picture', ...flags], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Pictures of a model from the command line. */
export function pictureSuite(current: () => ServiceUnderTest): void {
  describe('aevb picture', () => {
    it('writes pictures of a running service, or says what is wrong', async () => {
      const { service, trained } = current();
      const job = await trained();
      const output = join(await temporaryFolder(), 'picture.png');
      const asked = ['--model', job.model_id, '--output', output, '--url', service.url];

      expect(await picture('reconstructions', ...asked, '--zoom', '2')).toEqual({
        code: 0,
        stdout: `${output}\n`,
        stderr: '',
      });
      const { width, height, data } = decode(await readFile(output));
      // 10 pairs, a gap of 1 between, a border of 5 around.
      expect([width, height]).toEqual([2 * (10 * (SIDE + 1) - 1 + 10), 2 * (2 * SIDE + 1 + 10)]);
      expect(new Set(data).size).toBeGreaterThan(50);

      const refused = await picture('manifold', ...asked);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(
        /^aevb picture: GET \/models\/.*: the service answered 409: Model .* has 4 latent dimensions, but a manifold needs exactly 2.*\.\n$/,
      );
    });
  });
}
