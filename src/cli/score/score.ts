import type { Command } from 'commander';
import type { Environment } from '../../config.ts';
import { findDecimalSign, nameApart } from '../rows/row-columns.ts';
import { addFileOptions, fetchModel, runRows, type End, type FileFlags } from '../rows/row-command.ts';
import {
  answerRows,
  openRowFile,
  type AnsweredPiece,
  type RowFile,
  type MadeRows,
} from '../rows/made-rows.ts';
import { addedColumns, toAddedCells } from './added-cells.ts';
import { parseAlarmRate } from './alarm-rate.ts';
import { createScorer, type Scorer } from './scorer.ts';
import type { Verdict } from './verdict.ts';

interface ScoreFlags extends FileFlags {
  readonly alarmRate?: string;
}

/** `aevb score FILE`: the rows of a table with their scores. */
export function addScoreCommand(program: Command, end: End, environment: Environment): void {
  addFileOptions(program.command('score'))
    .description('Score the rows of a table with a model of a running service: the rows, with scores added.')
    .option('--alarm-rate <rate>', 'share of ordinary rows that may be flagged')
    .action(async (file: string, flags: ScoreFlags) => {
      const code = await runRows('score', flags, environment, async (context) => {
        const alarmRate = parseAlarmRate(flags.alarmRate);
        const model = await fetchModel(context, flags.model);
        const rows = await openRowFile(file, model, flags.encoding ?? null, context.signal);
        return addScores(rows, createScorer(context.client, model.id, alarmRate));
      });
      await end(code);
    });
}

/** The rows of a file, at most `limit` of them, and what was added. */
export function addScores(file: RowFile, scorer: Scorer, limit = Infinity): MadeRows<AnsweredPiece<Verdict>> {
  const decimal = findDecimalSign(file.table);
  return answerRows(file, {
    ask: scorer.score,
    columns: [...file.columns, ...nameApart(addedColumns(decimal), file.input.names)],
    toRow: ({ cells, outcome }) => [...cells, ...toAddedCells(outcome, decimal)],
    listNotes: () => {
      const note = scorer.facts?.calibration.note ?? null;
      return note === null ? [] : [note];
    },
    limit,
  });
}
