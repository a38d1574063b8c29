#!/usr/bin/env node
import { Command } from 'commander';
import { runDemo } from './cli/demo/demo.ts';
import { addPictureCommand } from './cli/picture/picture.ts';
import { REPRODUCTIONS, type Flags } from './cli/reproduce/options.ts';
import { runReproduction } from './cli/reproduce/reproduce.ts';
import { createServiceLog, type ServiceLog } from './cli/service-log.ts';
import { startService, type Parts } from './cli/service.ts';
import { untilStopped } from './cli/signals.ts';
import { loadConfig, type Config } from './config.ts';
import { AppError } from './errors.ts';

interface ServeFlags {
  readonly host?: string;
  readonly port?: string;
  readonly dataDir?: string;
  readonly queueUrl?: string;
}

const program = new Command('aevb').description(
  'Train and serve Auto-Encoding Variational Bayes models over HTTP.',
);

serveCommand(
  'serve',
  'API, workers and, unless a queue URL is given, the queue: everything in one process tree.',
  {
    api: true,
    worker: true,
  },
);
serveCommand('api', 'The HTTP API alone, on a shared queue.', { api: true, worker: false });
serveCommand('worker', 'Workers alone, on a shared queue.', { api: false, worker: true });

program
  .command('demo')
  .description('Train the MNIST model of the paper through the API, then encode, score and sample with it.')
  .option('--output <folder>', 'where the pictures go', 'demo-output')
  .option('--epochs <number>', 'passes over the 60,000 images', '5')
  .action(async ({ output, epochs }: { output: string; epochs: string }) => {
    await end(await runDemo({ output, epochs: Number(epochs), environment: process.env }));
  });

addPictureCommand(program, end);
program
  .command('reproduce')
  .description(
    "Rerun figures of the paper with the service's own jobs and lay the paper's curves under them.",
  )
  .argument('<what>', REPRODUCTIONS.join(', '))
  .option('--panel <name...>', 'figure2: "MNIST 20", ..., MNIST, Frey or all', ['MNIST 20'])
  .option('--samples <number>', 'training rows looked at, repeats counted, for example 1e6')
  .option('--train-rows <number>', 'figure3: training images of MNIST', '1000')
  .option('--seeds <number>', 'full-vb: how many', '3')
  .option('--frey <file>', 'IDX file of the Frey faces')
  .option('--initializer <name>', 'how weights start: fan_in or paper', 'fan_in')
  .option('--seed <number>', 'of all trainings', '1')
  .option('--output <folder>', 'results, plots and, to go on after an interruption, jobs', 'reproduction')
  .option('--url <url>', 'of a running service; default: one is started for it')
  .action(async (what: string, flags: Flags) => {
    await end(await runReproduction(what, flags, process.env));
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  await end(1);
}

function serveCommand(name: string, description: string, parts: Parts): void {
  program
    .command(name)
    .description(description)
    .option('--host <address>', 'address to listen on (AEVB_HOST)')
    .option('--port <number>', 'port, 0 for a free one (AEVB_PORT)')
    .option('--data-dir <folder>', 'folder of data sets, models and the embedded queue (AEVB_DATA_DIR)')
    .option('--queue-url <url>', 'redis:// or postgres:// (AEVB_QUEUE_URL)')
    .action(async (flags: ServeFlags) => {
      const config = loadConfig({ ...process.env, ...asEnvironment(flags) });
      await serve(config, createServiceLog(config, process.stdout, process.env), parts);
      await end(0);
    });
}

async function serve(config: Config, log: ServiceLog, parts: Parts): Promise<void> {
  if (config.queueUrl === '' && !(parts.api && parts.worker)) {
    const problem = {
      pointer: 'AEVB_QUEUE_URL',
      detail:
        'the embedded queue serves one process only: use `aevb serve`, or name a redis:// or postgres:// queue',
    };
    throw AppError.of('validation_failed', { what: 'The configuration' }, { problems: [problem] });
  }
  const stopped = untilStopped(() => process.exit(1));
  // A service that is still starting has nothing to put in order: it is left as it is.
  const service = await Promise.race([startService(config, log, parts), stopped.then(() => null)]);
  log.announce('stopping', { reason: await stopped });
  await service?.stop();
  log.announce('stopped', {});
}

/** Ends the process, whatever still lingers in it, once what it wrote is out: a pipe may hold some of it back. */
async function end(code: number): Promise<never> {
  const flushed = [process.stdout, process.stderr].map(
    (stream) =>
      new Promise<unknown>((done) => {
        // Where the reader is gone the stream also says so on its own, which would end the process with a stack.
        stream.once('error', done);
        stream.write('', done);
      }),
  );
  await Promise.all(flushed);
  process.exit(code);
}

function asEnvironment(flags: ServeFlags): Record<string, string | undefined> {
  const named = {
    AEVB_HOST: flags.host,
    AEVB_PORT: flags.port,
    AEVB_DATA_DIR: flags.dataDir,
    AEVB_QUEUE_URL: flags.queueUrl,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function explain(error: unknown): string {
  if (!(error instanceof AppError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [error.message, ...error.problems.map(({ pointer, detail }) => `  ${pointer}: ${detail}`)].join(
    '\n',
  );
}
