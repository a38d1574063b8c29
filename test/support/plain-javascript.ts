import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export interface PlainJavascript {
  /** The path of the compiled form of a source file. */
  of(source: string): string;
  remove(): Promise<void>;
}

/** Files of tests as JavaScript in a temporary folder, beside the built service (`npm run build` comes first), for child processes. */
export async function plainJavascript(...sources: readonly string[]): Promise<PlainJavascript> {
  const target = await mkdtemp(join(tmpdir(), 'aevb-js-'));
  await symlink(join(ROOT, 'node_modules'), join(target, 'node_modules'));
  await symlink(join(ROOT, 'dist'), join(target, 'src'));
  await cp(join(ROOT, 'package.json'), join(target, 'package.json'));
  await Promise.all(sources.map((source) => transpile(join(ROOT, source), target)));
  return {
    of: (source) => join(target, source.replace(/\.ts$/, '.js')),
    remove: () => rm(target, { recursive: true, force: true }),
  };
}

async function transpile(file: string, target: string): Promise<void> {
  const { outputText } = ts.transpileModule(await readFile(file, 'utf8'), {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    },
  });
  const output = join(target, relative(ROOT, file).replace(/\.ts$/, '.js'));
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, outputText);
}
