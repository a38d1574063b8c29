import { appendFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Environment } from '../../config.ts';
import { createClient } from '../client.ts';
import { nameCommand } from '../command-name.ts';
import { shortenPath } from '../demo/report.ts';
import { explainError } from '../explain-error.ts';
import { withService } from '../host.ts';
import { Interrupted, watchInterruption } from '../interruption.ts';
import { createJobDisplay } from '../job-display.ts';
import { createLiveLine } from '../live-line.ts';
import { openSavedJobs } from '../saved-jobs.ts';
import { UsageError } from '../usage-error.ts';
import { parseTryOptions, type TryFlags, type TryOptions } from './options.ts';
import { alignColumns } from './columns.ts';
import { tryTable, type TryFindings } from './try-table.ts';

/** Saved orders of the service that runs on the output folder have this in place of a URL. */
const OWN_SERVICE = 'the service of this folder';

/** `aevb try FILE`: from a table to scores. Calls `end` with the exit code. */
export function addTryCommand(
  program: Command,
  end: (code: number) => Promise<unknown>,
  environment: Environment,
): void {
  program
    .command('try')
    .description(
      'Train on a table (CSV, JSON or Parquet), find its strangest rows and say why they are strange, fill in missing values, and make up rows.',
    )
    .argument('<file>', 'the table')
    .option(
      '--output <folder>',
      'folder for tables, picture and model; default: the name of the file with -aevb',
    )
    .option('--columns <roles>', 'roles that override the detected ones: order_id=id,note=ignore')
    .option('--encoding <name>', 'encoding of a text that is not UTF-8, such as windows-1252')
    .option('--alarm-rate <rate>', 'share of ordinary rows that may be flagged')
    .option('--rows <number>', 'score only this many rows of the file; the model trains on all rows')
    .option('--url <url>', 'address of a running service; default: starts its own')
    .action(async (file: string, flags: TryFlags) => {
      await end(await runTry(file, flags, environment));
    });
}

/** Runs the command, cleans up, and resolves with the exit code. A second interruption ends the process at once. */
export async function runTry(file: string, flags: TryFlags, environment: Environment): Promise<number> {
  const interruption = watchInterruption();
  const { signal } = interruption;
  try {
    const options = parseTryOptions(file, flags);
    await checkFile(file);
    await mkdir(options.output, { recursive: true });
    const findings = await withClient(options, environment, signal);
    signal.throwIfAborted();
    say(describeFindings(findings, options));
    return 0;
  } catch (error) {
    const reason: unknown = signal.reason;
    if (reason instanceof Interrupted) {
      process.stderr.write(`${reason.message}: run the same command again to continue.\n`);
      return reason.exitCode;
    }
    process.stderr.write(`aevb try: ${explainError(error)}\n`);
    return 1;
  } finally {
    interruption.release();
  }
}

async function withClient(
  options: TryOptions,
  environment: Environment,
  signal: AbortSignal,
): Promise<TryFindings> {
  const run = async (url: string, service: string): Promise<TryFindings> =>
    tryTable({
      options,
      client: createClient(url, signal),
      signal,
      state: await openSavedJobs(options.output, service),
      display: createJobDisplay(process.stdout, environment, 'rows'),
      counter: createLiveLine(process.stdout, environment),
      say,
    });
  if (options.url !== null) return run(options.url, options.url);
  const [logFile, dataDir] = [join(options.output, 'service.log'), join(options.output, 'data')];
  await appendFile(logFile, '');
  say(`Starting a service that keeps its data in ${shorten(options.output)}; this takes a few seconds ...`);
  return withService({ environment, logFile, signal, dataDir }, ({ url }) => run(url, OWN_SERVICE));
}

/** Errors: UsageError. */
async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new UsageError(`There is no file ${file}.`, { cause });
  });
  if (!found.isFile()) throw new UsageError(`${file} is not a file.`);
}

function describeFindings({ modelId, files }: TryFindings, options: TryOptions): string {
  const command = nameCommand(process.argv[1], process.cwd());
  const folder = shorten(options.output);
  const serve = options.url === null ? [`${command} serve --data-dir ${join(folder, 'data')}`] : [];
  const url = options.url === null ? '' : ` --url ${options.url}`;
  return [
    'Written:',
    ...alignColumns(files.map(({ path, what }) => [shorten(path), what])).map((line) => `  ${line}`),
    '',
    'To use this model for new rows:',
    ...serve.map((line) => `  ${line}`),
    `  ${command} score new-rows.csv --model ${modelId}${url} --output scored.csv`,
    `  ${command} impute new-rows.csv --model ${modelId}${url} --output imputed.csv`,
    `  ${command} sample --count 1000 --model ${modelId}${url} --output samples.csv`,
  ].join('\n');
}

const shorten = (path: string): string => shortenPath(path, process.cwd());

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
