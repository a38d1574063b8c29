import type { Command } from 'commander';
import type { ModelDetails } from '../../api/models/schemas.ts';
import type { Environment } from '../../config.ts';
import type { Cell } from '../../model/table.ts';
import { formatNames } from '../format.ts';
import { createColumn, describeModelled, nameApart } from '../rows/row-columns.ts';
import { isRead } from '../rows/outcome.ts';
import type { AskRows, RowWithOutcome } from '../rows/requests.ts';
import { addFileOptions, fetchModel, runRows, type End, type FileFlags } from '../rows/row-command.ts';
import {
  answerRows,
  openRowFile,
  type AnsweredPiece,
  type RowFile,
  type MadeRows,
} from '../rows/made-rows.ts';
import { MASKING_ADVICE, splitColumns } from '../rows/open-columns.ts';
import { UsageError } from '../usage-error.ts';
import { createFiller, type Filling } from './filler.ts';

interface ImputeFlags extends FileFlags {
  readonly samples?: string;
}

/** `aevb impute FILE`: the rows of a table with their missing values filled in. */
export function addImputeCommand(program: Command, end: End, environment: Environment): void {
  addFileOptions(program.command('impute'))
    .description(
      'Fill in the missing values of a table with a model of a running service: medians and the likeliest words.',
    )
    .option('--samples <number>', 'draws per row, a multiple of 64; more are more exact (default: 64)')
    .action(async (file: string, flags: ImputeFlags) => {
      const code = await runRows('impute', flags, environment, async (context) => {
        const samples = parseSamples(flags.samples);
        const model = await fetchModel(context, flags.model);
        const rows = await openRowFile(file, model, flags.encoding ?? null, context.signal);
        return fillRows(rows, model, createFiller(context.client, model, rows.table, samples));
      });
      await end(code);
    });
}

/** Whether they are allowed, the service says. */
function parseSamples(text: string | undefined): number | null {
  if (text === undefined) return null;
  const samples = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(samples)) return samples;
  throw new UsageError(`--samples must be a whole number, such as 1024; found "${text}".`);
}

export interface FillSettings {
  /** Writes only rows in which something was missing. */
  readonly onlyFilled?: boolean;
  /** At most so many rows of the file are read. */
  readonly limit?: number;
}

/** The rows of a file with gaps filled, columns that the file lacks, and a column that names what was filled. */
export function fillRows(
  file: RowFile,
  model: Pick<ModelDetails, 'model'>,
  ask: AskRows<Filling>,
  { onlyFilled = false, limit = Infinity }: FillSettings = {},
): MadeRows<AnsweredPiece<Filling>> {
  const { input, table, columns, lacking } = file;
  const added = table.columns
    .filter(({ name }) => lacking.includes(name))
    .map((column) => describeModelled(column, table.missing_marks));
  const own = [...columns, ...added];
  const mark = nameApart(
    [createColumn('imputed', 'text')],
    own.map(({ name }) => name),
  );
  let hasBad = false;
  return answerRows(file, {
    ask,
    columns: [...own, ...mark],
    toRow: ({ cells, outcome }) => {
      hasBad ||= !isRead(outcome);
      return toFilledRow(input.names, lacking, cells, outcome);
    },
    isWanted: ({ outcome }) => !onlyFilled || (isRead(outcome) && outcome.filled.size > 0),
    listNotes: () => (hasBad ? noteWholeColumns(file, model) : []),
    limit,
  });
}

function toFilledRow(
  names: readonly string[],
  lacking: readonly string[],
  cells: readonly Cell[],
  outcome: RowWithOutcome<Filling>['outcome'],
): Cell[] {
  if (!isRead(outcome)) return [...cells, ...lacking.map(() => null), null];
  const { filled } = outcome;
  return [
    ...cells.map((cell, i) => filled.get(names[i] ?? '') ?? cell),
    ...lacking.map((name) => filled.get(name) ?? null),
    filled.size === 0 ? null : [...filled.keys()].join(', '),
  ];
}

/** Without hidden values in training, a model knows gaps only in columns that had some. */
function noteWholeColumns({ table }: RowFile, { model }: Pick<ModelDetails, 'model'>): string[] {
  const { open, whole } = splitColumns(table, model.likelihood);
  if (whole.length === 0) return [];
  const which = open.length === 0 ? 'no column' : `only ${formatNames(open)}`;
  return [
    `This model can fill in ${which}: no value was missing in the other columns when it was trained. ${MASKING_ADVICE}`,
  ];
}
