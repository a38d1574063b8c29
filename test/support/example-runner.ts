import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { encodeNpy } from '../../src/store/formats/npy.ts';
import { Client } from './client.ts';
import { copyQueue } from './copy-queue.ts';
import { locateFile, type Example, type Ids } from './examples.ts';
import { Services } from './service.ts';

/** A request that an example sent, and the answer. */
export interface Exchange {
  readonly request: string;
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Runs the examples of the pages in a shell, one after the other, against a service of its own. */
export class ExampleRunner {
  readonly #services: Services;
  readonly #folder: string;
  readonly #url: string;
  readonly #client: Client;
  readonly #ids: Ids;
  /** Of the shell, as earlier examples set them. */
  readonly #variables: Record<string, string> = {};

  private constructor(services: Services, folder: string, url: string, ids: Ids) {
    this.#services = services;
    this.#folder = folder;
    this.#url = url;
    this.#client = new Client(url);
    this.#ids = ids;
  }

  static async start(ids: Ids): Promise<ExampleRunner> {
    const folder = await mkdtemp(join(tmpdir(), 'aevb-test-'));
    await mkdir(join(folder, 'bin'));
    const curl = fileURLToPath(new URL('curl.js', import.meta.url));
    await writeFile(join(folder, 'bin', 'curl'), `#!/bin/sh\nexec node '${curl}' "$@"\n`);
    await chmod(join(folder, 'bin', 'curl'), 0o755);
    // The pages assume the project's root as the current folder, and an array that the reader has saved.
    for (const name of ['node_modules', 'docs']) {
      await symlink(fileURLToPath(locateFile(name)), join(folder, name));
    }
    await writeFile(join(folder, 'rows.npy'), encodeNpy([4, 3], new Float32Array(12)));
    await writeFile(join(folder, 'images.npy'), encodeNpy([2, 28, 28], new Float32Array(2 * 28 * 28)));
    const services = new Services();
    await copyQueue(join(folder, 'data'));
    const { url } = await services.start('serve', { AEVB_DATA_DIR: join(folder, 'data') });
    return new ExampleRunner(services, folder, url, ids);
  }

  async stop(): Promise<void> {
    this.#services.endAll();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Runs the script of an example with the service's ids in place of those on the page. */
  async run({ script }: Example): Promise<Exchange[]> {
    const log = join(this.#folder, 'answers');
    await writeFile(log, '');
    const own = script.replace(/^([A-Z]+)=(\w+)$/gm, (_, name: string, shown: string) => {
      const id = this.#ids.get(shown) ?? `${shown}-was-not-answered-before`;
      this.#variables[name] = id;
      return `${name}=${id}`;
    });
    await this.#waitFor(own);
    const path = `${join(this.#folder, 'bin')}${delimiter}${process.env.PATH ?? ''}`;
    const environment = {
      ...process.env,
      ...this.#variables,
      PATH: path,
      CURL_TARGET: this.#url,
      CURL_LOG: log,
    };
    await promisify(execFile)('sh', ['-euc', own], { cwd: this.#folder, env: environment });
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Exchange);
  }

  /** Runs a program of docs/examples on a table; returns what it prints. Errors: it ends with another code than 0. */
  async runProgram(command: string, program: string, table: string): Promise<string> {
    const file = join(this.#folder, 'orders.csv');
    await writeFile(file, table);
    const { stdout } = await promisify(execFile)(command, [program, file, this.#url]);
    return stdout;
  }

  /** A file that an example wrote. */
  readOutput(name: string): Promise<Buffer> {
    return readFile(join(this.#folder, name));
  }

  /** Waits as a reader does: for progress before looking at a job, for its end before using its model. MNIST is cancelled instead. */
  async #waitFor(script: string): Promise<void> {
    const { JOB: job = '', EVALUATION: evaluation = '', MODEL: model = '' } = this.#variables;
    if (script.includes('$JOB')) {
      await this.#client.until(job, 'under way', ({ progress }) => progress?.train_elbo != null);
    }
    if (script.includes('$SCORING'))
      await this.#client.untilState(this.#variables['SCORING'] ?? '', 'succeeded');
    if (script.includes('$EVALUATION')) await this.#client.untilState(evaluation, 'succeeded');
    if (script.includes('$MODEL')) {
      const { job_id: training, dataset_id: dataset } = await this.#client.model(model);
      if (dataset === 'mnist') await this.#client.post(`/jobs/${training}/cancel`);
      await this.#client.untilState(training, dataset === 'mnist' ? 'cancelled' : 'succeeded');
    }
  }
}
