import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
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

/** Folders and files of the repository as JavaScript in a temporary folder, for child processes of tests. */
export async function plainJavascript(...sources: readonly string[]): Promise<PlainJavascript> {
  const target = await mkdtemp(join(tmpdir(), 'aevb-js-'));
  await symlink(join(ROOT, 'node_modules'), join(target, 'node_modules'));
  await cp(join(ROOT, 'package.json'), join(target, 'package.json'));
  for (const source of sources) {
    for (const file of await typescriptFiles(join(ROOT, source))) await transpile(file, target);
  }
  return {
    of: (source) => join(target, source.replace(/\.ts$/, '.js')),
    remove: () => rm(target, { recursive: true, force: true }),
  };
}

async function typescriptFiles(path: string): Promise<string[]> {
  if (path.endsWith('.ts')) return [path];
  const names = await readdir(path, { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(path, name));
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
