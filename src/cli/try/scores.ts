import { join } from 'node:path';
import type { ModelDetails } from '../../api/models/schemas.ts';
import type { TableSchema } from '../../model/table.ts';
import { formatCount, wrapText } from '../format.ts';
import { writeMadeRows } from '../rows/row-command.ts';
import { openRowFile } from '../rows/made-rows.ts';
import { addScores } from '../score/score.ts';
import { createScorer, type ScoreFacts } from '../score/scorer.ts';
import { formatNote, LINE } from './page.ts';
import type { TrySession } from './session.ts';
import { describeStrangest, Tally, type Summary } from './strangest.ts';
import type { Written } from './written.ts';

export interface FileScores {
  readonly summary: Summary;
  /** Null if no request was answered. */
  readonly facts: ScoreFacts | null;
  readonly written: Written;
  /** Between cells of the file. */
  readonly delimiter: string;
}

/** Scores the rows of the file and writes them beside their scores. */
export async function scoreFile(session: TrySession, model: ModelDetails): Promise<FileScores> {
  const { options, client, signal, counter } = session;
  const file = await openRowFile(options.file, model, options.encoding, signal);
  const tally = new Tally();
  const scorer = createScorer(client, model.id, options.alarmRate);
  const source = addScores(file, scorer, options.rows);
  const path = join(options.output, 'scored.csv');
  try {
    await writeMadeRows(source, { path, format: 'csv' }, signal, ({ answered }) => {
      for (const row of answered) tally.add(row);
      counter.show(`scored ${formatCount(tally.rows)} rows`);
    });
  } finally {
    counter.clear();
  }
  const written = { path, what: 'your rows in their original order, with scores and what was expected' };
  return { summary: tally.finish(), facts: scorer.facts, written, delimiter: source.delimiter };
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
