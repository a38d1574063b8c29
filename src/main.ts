#!/usr/bin/env node
import { Command } from 'commander';
import { pino, type Logger } from 'pino';
import { runDemo } from './cli/demo/demo.ts';
import { addPictureCommand } from './cli/picture/picture.ts';
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
      await serve(config, pino({ level: config.logLevel }), parts);
      await end(0);
    });
}

async function serve(config: Config, log: Logger, parts: Parts): Promise<void> {
  if (config.queueUrl === '' && !(parts.api && parts.worker)) {
    const problem = {
      pointer: 'AEVB_QUEUE_URL',
      detail:
        'the embedded queue serves one process only: use `aevb serve`, or name a redis:// or postgres:// queue',
    };
    throw AppError.of('validation_failed', { what: 'The configuration' }, { problems: [problem] });
  }
  const service = await startService(config, log, parts);
  const reason = await untilStopped(() => process.exit(1));
  log.info({ reason }, 'stopping');
  await service.stop();
  log.info({}, 'stopped');
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
