import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Client } from '../../../src/cli/client.ts';
import { parseOptions } from '../../../src/cli/reproduce/options.ts';
import { reproduceFigure5 } from '../../../src/cli/reproduce/pictures.ts';
import type { Session } from '../../../src/cli/reproduce/session.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PNG = Uint8Array.of(137, 80, 78, 71);

/** Every training has ended: pilots have bounds on validation rows, full trainings on test rows. */
function findOutcome(name: string, asked: object) {
  const pilot = name.includes('pilot');
  const epoch = { validation_elbo: pilot ? -120 : null, test_elbo: pilot ? null : -104.5 };
  return { asked, id: 'job_1', outcome: { model_id: `of ${name}`, diverged: null, epochs: [epoch] } };
}

async function createSession(): Promise<Session> {
  const output = await temporaryFolder();
  const client: Pick<Client, 'getJson' | 'getBytes'> = {
    getJson: async <Answer>() => ({ id: 'mnist', rows: 70_000, test_rows: 10_000 }) as Answer,
    getBytes: async () => PNG,
  };
  const quiet = () => undefined;
  return {
    options: parseOptions('figure5', { seed: '1', initializer: 'paper', output }),
    client: client as Client,
    state: { find: findOutcome, keep: async () => undefined, forget: async () => undefined },
    display: { show: quiet, clear: quiet },
    say: quiet,
  };
}

test('figure 5 writes a picture of each model and reports the bounds on test rows', async () => {
  const session = await createSession();
  const lines = (await reproduceFigure5(session)).trimEnd().split('\n');
  expect(lines.slice(1).map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual(
    ['MNIST 2', 'MNIST 5', 'MNIST 10', 'MNIST 20'].map((panel) => [panel, '-104.5']),
  );
  const picture = await readFile(join(session.options.output, 'figure5', 'mnist-20.png'));
  expect(Uint8Array.from(picture)).toEqual(PNG);
});
