import type { Command } from 'commander';
import type { EncodeAnswer } from '../../api/inference/schemas.ts';
import type { Environment } from '../../config.ts';
import { createAsk } from '../rows/ask.ts';
import { createColumn, findDecimalSign, nameApart } from '../rows/row-columns.ts';
import { isRead } from '../rows/outcome.ts';
import type { AskRows } from '../rows/requests.ts';
import { addFileOptions, fetchModel, runRows, type End, type FileFlags } from '../rows/row-command.ts';
import { answerRows, openRowFile, type RowFile, type MadeRows } from '../rows/made-rows.ts';

interface EncodeFlags extends FileFlags {
  readonly ids: boolean;
}

/** Means and standard deviations of the latents of a row. */
interface Code {
  readonly numbers: readonly (number | null)[];
}

/** Values are computed in float32: more digits say nothing. */
const DIGITS = 7;

/** `aevb encode FILE`: the rows of a table as points of the latent space. */
export function addEncodeCommand(program: Command, end: End, environment: Environment): void {
  addFileOptions(program.command('encode'))
    .description(
      'Encode the rows of a table with a model of a running service: ids, and means and standard deviations of the latents.',
    )
    .option('--no-ids', 'leave the id columns of the table out')
    .action(async (file: string, flags: EncodeFlags) => {
      const code = await runRows('encode', flags, environment, async (context) => {
        const { id, model, table } = await fetchModel(context, flags.model);
        const rows = await openRowFile(file, { id, model, table }, flags.encoding ?? null, context.signal);
        const encode = createAsk<EncodeAnswer, Code>(context.client, '/encode', { model_id: id }, readCode);
        return encodeRows(rows, encode, model.latent_size, flags.ids);
      });
      await end(code);
    });
}

function readCode({ mean, standard_deviation: deviation }: EncodeAnswer, row: number): Code | null {
  const means = mean[row] ?? null;
  if (means === null) return null;
  const deviations = deviation[row] ?? means.map(() => null);
  return {
    numbers: [...means, ...deviations].map((value) =>
      value === null ? null : Number(value.toPrecision(DIGITS)),
    ),
  };
}

function encodeRows(file: RowFile, ask: AskRows<Code>, latents: number, withIds: boolean): MadeRows {
  const { table, columns } = file;
  const roles = new Map(table.columns.map(({ name, role }) => [name, role]));
  const ids = columns.flatMap((column, index) =>
    withIds && roles.get(column.name) === 'id' ? [{ column, index }] : [],
  );
  const decimal = findDecimalSign(table);
  const numbers = ['mean', 'standard_deviation'].flatMap((name) =>
    Array.from({ length: latents }, (_, i) => createColumn(`${name}_${i + 1}`, 'number', decimal)),
  );
  const own = ids.map(({ column }) => column);
  const hint = ids.length > 0 ? ', or leave ids out with --no-ids' : '';
  const source = answerRows(file, {
    ask,
    columns: [
      ...own,
      ...nameApart(
        numbers,
        own.map(({ name }) => name),
      ),
    ],
    toRow: ({ cells, outcome }) => [
      ...ids.map(({ index }) => cells[index] ?? null),
      ...(isRead(outcome) ? outcome.numbers : numbers.map(() => null)),
    ],
  });
  return { ...source, hint };
}
