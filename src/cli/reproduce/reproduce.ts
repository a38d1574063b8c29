import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '../client.ts';
import type { Environment } from '../../config.ts';
import { withService } from '../host.ts';
import { Interrupted, watchInterruption } from '../interruption.ts';
import { createJobDisplay } from '../job-display.ts';
import { openSavedJobs } from '../saved-jobs.ts';
import { UsageError } from '../usage-error.ts';
import { reproduceFigure2 } from './figure2.ts';
import { reproduceFigure3 } from './figure3.ts';
import { reproduceFullVb } from './full-vb.ts';
import { parseOptions, type Flags, type Options, type Reproduction } from './options.ts';
import { reproduceFigure4, reproduceFigure5 } from './pictures.ts';
import type { Session } from './session.ts';
import { compareEstimators } from './variance.ts';

/** Writes all results and returns the findings as text. */
type Run = (session: Session) => Promise<string>;

const RUNS: { readonly [What in Reproduction]: Run } = {
  figure2: reproduceFigure2,
  figure3: reproduceFigure3,
  figure4: reproduceFigure4,
  figure5: reproduceFigure5,
  variance: compareEstimators,
  'full-vb': reproduceFullVb,
};

/** Saved jobs of the service that runs on the output folder have this in place of a URL. */
const OWN_SERVICE = 'the service of this folder';

/** Runs a reproduction, cleans up, and resolves with the exit code. A second interruption ends the process at once. */
export async function runReproduction(what: string, flags: Flags, environment: Environment): Promise<number> {
  const interruption = watchInterruption();
  try {
    const options = parseOptions(what, flags);
    await mkdir(options.output, { recursive: true });
    const findings = await withClient(options, environment, interruption.signal);
    interruption.signal.throwIfAborted();
    say(`\n${findings}\nWritten to ${options.output}`);
    return 0;
  } catch (error) {
    const reason: unknown = interruption.signal.reason;
    if (reason instanceof Interrupted) {
      process.stderr.write(`${reason.message}: run the same command again to continue.\n`);
      return reason.exitCode;
    }
    const known = error instanceof UsageError ? error.message : textOf(error);
    process.stderr.write(`aevb reproduce: ${known}\n`);
    return 1;
  } finally {
    interruption.release();
  }
}

async function withClient(options: Options, environment: Environment, signal: AbortSignal): Promise<string> {
  const run = async (url: string, service: string): Promise<string> =>
    RUNS[options.what]({
      options,
      client: createClient(url, signal),
      state: await openSavedJobs(options.output, service),
      display: createJobDisplay(process.stdout, environment),
      say,
    });
  if (options.url !== null) return run(options.url, options.url);
  const logFile = join(options.output, 'service.log');
  const dataDir = join(options.output, 'data');
  await appendFile(logFile, '');
  say(`Starting a service on ${dataDir}; it logs to ${logFile}`);
  return withService({ environment, logFile, signal, dataDir }, ({ url }) => run(url, OWN_SERVICE));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
