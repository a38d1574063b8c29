import { once } from 'node:events';
import type { Command } from 'commander';
import type { ModelDetails } from '../../api/models/schemas.ts';
import { createClient } from '../client.ts';
import { explainError } from '../explain-error.ts';
import { Interrupted, watchInterruption } from '../interruption.ts';
import { parseAlarmRate } from './alarm-rate.ts';
import { scoreLines } from './scored-lines.ts';
import { findDecimalSign, type DecimalSign } from './csv-lines.ts';
import { createScorer, type Scorer } from './scorer.ts';
import { openTable, STANDARD_INPUT, type TableInput } from './table-input.ts';
import { isScored } from './verdict.ts';
import { describeProblems } from './words.ts';

interface ScoreFlags {
  readonly model: string;
  readonly url: string;
  readonly alarmRate?: string;
  readonly encoding?: string;
}

/** Further rows that could not be scored are only counted. */
const MOST_PROBLEMS = 20;

/** `aevb score FILE`: scores a table with a model of a running service. Calls `end` with the exit code. */
export function addScoreCommand(program: Command, end: (code: number) => Promise<unknown>): void {
  program
    .command('score')
    .description(
      'Score the rows of a table with a model of a running service: CSV with scores to standard output.',
    )
    .argument('<file>', `the table (CSV, JSON or Parquet); ${STANDARD_INPUT} reads standard input`)
    .requiredOption('--model <id>', 'id of the model')
    .option('--encoding <name>', 'encoding of a text that is not UTF-8, such as windows-1252')
    .option('--alarm-rate <rate>', 'share of ordinary rows that may be flagged')
    .option('--url <url>', 'address of the service', 'http://127.0.0.1:8080')
    .action(async (file: string, flags: ScoreFlags) => {
      await end(await runScore(file, flags));
    });
}

/** Resolves with the exit code: 1 also if some rows could not be scored. */
async function runScore(file: string, { model, url, alarmRate, encoding }: ScoreFlags): Promise<number> {
  const interruption = watchInterruption();
  const { signal } = interruption;
  try {
    const client = createClient(url, signal);
    const scorer = createScorer(client, model, parseAlarmRate(alarmRate));
    const { table } = await client.getJson<ModelDetails>(`/models/${encodeURIComponent(model)}`);
    const input = await openTable(file, encoding ?? null, signal);
    const failed = await writeScores(input, scorer, findDecimalSign(table), signal);
    if (scorer.facts?.calibration.note) complain(`Note: ${scorer.facts.calibration.note}`);
    if (failed > MOST_PROBLEMS) complain(`... and ${failed - MOST_PROBLEMS} more rows could not be scored`);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    const reason: unknown = signal.reason;
    if (reason instanceof Interrupted) return reason.exitCode;
    complain(`aevb score: ${explainError(error)}`);
    return 1;
  } finally {
    interruption.release();
  }
}

/** Returns the number of rows that could not be scored. Reads no faster than its output is read. */
async function writeScores(
  input: TableInput,
  scorer: Scorer,
  decimal: DecimalSign,
  signal: AbortSignal,
): Promise<number> {
  let failed = 0;
  try {
    for await (const { rows, text } of scoreLines(input, scorer.score, decimal)) {
      for (const { number, outcome } of rows) {
        if (isScored(outcome)) continue;
        failed += 1;
        if (failed <= MOST_PROBLEMS) complain(describeProblems(number, outcome.problems));
      }
      if (!process.stdout.write(text)) await once(process.stdout, 'drain', { signal });
    }
    input.throwIfAny();
  } finally {
    await input.close();
  }
  return failed;
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
