import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { TableSchema } from '../../model/table.ts';
import { formatCount, wrapText } from '../format.ts';
import { findDecimalSign } from '../score/csv-lines.ts';
import { createScorer, type ScoreFacts } from '../score/scorer.ts';
import { scoreLines } from '../score/scored-lines.ts';
import { openTable } from '../score/table-input.ts';
import { formatNote, LINE } from './page.ts';
import type { TrySession } from './session.ts';
import { describeStrangest, Tally, type Summary } from './strangest.ts';
import type { Written } from './written.ts';

export interface FileScores {
  readonly summary: Summary;
  /** Null if no request was answered. */
  readonly facts: ScoreFacts | null;
  readonly written: Written;
}

/** Scores the rows of the file and writes them beside their scores. */
export async function scoreFile(
  session: TrySession,
  modelId: string,
  table: TableSchema,
): Promise<FileScores> {
  const { options, client, signal, counter } = session;
  const input = await openTable(options.file, options.encoding, signal);
  const path = join(options.output, 'scored.csv');
  const tally = new Tally();
  const scorer = createScorer(client, modelId, options.alarmRate);
  const lines = scoreLines(input, scorer.score, findDecimalSign(table), options.rows);
  try {
    await pipeline(async function* () {
      for await (const { rows, text } of lines) {
        for (const row of rows) tally.add(row);
        counter.show(`scored ${formatCount(tally.rows)} rows`);
        yield text;
      }
    }, createWriteStream(path));
  } finally {
    counter.clear();
    await input.close();
  }
  const written = { path, what: 'your rows in their original order, with scores and what was expected' };
  return { summary: tally.finish(), facts: scorer.facts, written };
}

const EXPLANATION =
  'The score is -log p(row) in nats. The p-value is the share of ordinary rows that would be at least as strange.';

/** The strangest rows, and what could not be scored. */
export function describeScores({ summary, facts }: FileScores, table: TableSchema): string {
  const { rows, scored, strangest, problems } = summary;
  const unscored = rows - scored;
  return [
    `The ${strangest.length} strangest of ${formatCount(scored)} rows.${describeFlagged(summary, facts)}`,
    wrapText(EXPLANATION, LINE),
    '',
    describeStrangest(summary, table),
    ...(unscored > 0 ? ['', `Not scored: ${formatCount(unscored)} of ${formatCount(rows)} rows.`] : []),
    ...problems.map((problem) => `  ${problem}`),
    ...(facts?.calibration.note ? ['', formatNote(facts.calibration.note)] : []),
    '',
  ].join('\n');
}

function describeFlagged({ scored, flagged }: Summary, facts: ScoreFacts | null): string {
  if (facts === null || facts.calibration.rows === 0) return '';
  const share = scored === 0 ? 0 : (100 * flagged.size) / scored;
  const rate = `${100 * facts.alarm_rate} %`;
  return ` Flagged: ${formatCount(flagged.size)} (${share.toFixed(1)} %), at an alarm rate of ${rate}.`;
}
