import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Options } from './options.ts';

const PACKAGE = new URL('../../../package.json', import.meta.url);

/** Writes the findings so far, with settings, version, machine and time. The last call writes all of them. */
export async function writeResults(
  options: Options,
  findings: object,
  name = 'results.json',
): Promise<string> {
  const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string };
  const { what, samples, seed, initializer } = options;
  const machine = { node: process.version, platform: `${process.platform}-${process.arch}` };
  const results = {
    reproduction: what,
    of: 'Kingma & Welling 2013, arXiv 1312.6114',
    unit: 'nats per row',
    version,
    written_at: new Date().toISOString(),
    machine: { ...machine, cores: availableParallelism() },
    samples,
    seed,
    initializer,
    ...findings,
  };
  return writeOutput(options, name, `${JSON.stringify(results, null, 1)}\n`);
}

export async function writeOutput({ output, what }: Options, name: string, content: string | Uint8Array) {
  const path = join(output, what, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** Formats columns of text, with numbers right-aligned. */
export function formatColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}
