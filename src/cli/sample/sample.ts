import type { Command } from 'commander';
import type { ModelDetails } from '../../api/models/schemas.ts';
import type { Environment } from '../../config.ts';
import { columnName, findTable } from '../../model/dataset.ts';
import { isModelled } from '../../model/table.ts';
import { formatNames } from '../format.ts';
import { createColumn, describeModelled, findDecimalSign, type RowColumn } from '../rows/row-columns.ts';
import { MASKING_ADVICE, splitColumns } from '../rows/open-columns.ts';
import { addRowOptions, fetchModel, runRows, type End, type RowFlags } from '../rows/row-command.ts';
import type { MadeRows } from '../rows/made-rows.ts';
import { UsageError } from '../usage-error.ts';
import { parseCount, parseGiven, parseSeed } from './options.ts';
import { drawRows, type Draws } from './draws.ts';

interface SampleFlags extends RowFlags {
  readonly count: string;
  readonly given?: readonly string[];
  readonly seed: string;
}

/** `aevb sample`: rows that a model makes up. */
export function addSampleCommand(program: Command, end: End, environment: Environment): void {
  addRowOptions(program.command('sample'))
    .description('Make up rows like those that a model of a running service was trained on.')
    .requiredOption('--count <number>', 'number of rows')
    .option('--given <pairs...>', 'values that every row has: city=Oslo size=3')
    .option('--seed <number>', 'the same seed gives the same rows', '0')
    .action(async (flags: SampleFlags) => {
      const code = await runRows('sample', flags, environment, async (context) => {
        const [count, seed] = [parseCount(flags.count), parseSeed(flags.seed)];
        const model = await fetchModel(context, flags.model);
        const given = flags.given === undefined ? null : readGiven(flags.given, model);
        return sampleRows(model, drawRows(context.client, model, { count, seed, given }));
      });
      await end(code);
    });
}

/** Errors: UsageError if the model does not know what to make of rows with these values alone. */
function readGiven(
  pairs: readonly string[],
  model: Pick<ModelDetails, 'table' | 'model'>,
): Record<string, string> {
  const table = findTable(model);
  const given = parseGiven(pairs, table?.columns.map(({ name }) => name) ?? []);
  if (table === null) return given;
  const { open, whole } = splitColumns(table, model.model.likelihood);
  const isUnknown = Object.keys(given).some((name) => ![...open, ...whole].includes(name));
  const left = whole.filter((name) => !Object.hasOwn(given, name));
  // What is unknown, the service says.
  if (isUnknown || left.length === 0) return given;
  throw new UsageError(
    `--given needs a model for which all other columns may be missing; for this one, ${formatNames(left)} may not. ${MASKING_ADVICE}`,
  );
}

/** The delimiter: default the one that goes with the decimal sign. */
export function sampleRows(
  model: Pick<ModelDetails, 'table' | 'model' | 'data_size'>,
  draws: Draws,
  delimiter = findDecimalSign(findTable(model)) === ',' ? ';' : ',',
): MadeRows {
  return {
    columns: listColumns(model),
    delimiter,
    pieces: draws.pieces,
    listNotes: draws.listNotes,
    throwIfAny: () => undefined,
    close: () => Promise.resolve(),
  };
}

/** Those that the model uses; of arrays, one for each value. */
function listColumns(model: Pick<ModelDetails, 'table' | 'model' | 'data_size'>): RowColumn[] {
  const table = findTable(model);
  if (table === null)
    return Array.from({ length: model.data_size }, (_, i) => createColumn(columnName(i), 'number'));
  return table.columns
    .filter(({ role }) => isModelled(role))
    .map((column) => describeModelled(column, table.missing_marks));
}
