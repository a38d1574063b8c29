import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const SRC = resolve(dirname(fileURLToPath(import.meta.url)), '../src');
const MAX_LINES = 300;

interface Import {
  /** A file of src as `room/file.ts`, or the name of a package. */
  readonly target: string;
  /** Gone when compiled. */
  readonly typeOnly: boolean;
  /** Loaded when it is first needed, by `import()`. */
  readonly late: boolean;
}

interface SourceFile {
  readonly lines: number;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Names declared and exported here, without re-exports. */
  readonly exports: readonly string[];
}

const FILES: ReadonlyMap<string, SourceFile> = new Map(
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.replaceAll('\\', '/'))
    .map((name) => [name, read(name)]),
);

function read(name: string): SourceFile {
  const text = readFileSync(join(SRC, name), 'utf8');
  const imports: Import[] = [];
  const add = (specifier: ts.Node, typeOnly: boolean, late: boolean): void => {
    // A computed name is of a package that may be absent; files of src are imported by literals.
    const path = ts.isStringLiteral(specifier) ? specifier.text : 'computed';
    const target = path.startsWith('.') ? relative(SRC, join(SRC, dirname(name), path)) : path;
    imports.push({ target: target.replaceAll('\\', '/'), typeOnly, late });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      add(node.moduleSpecifier, typeOnly, false);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      add(node.moduleSpecifier, node.isTypeOnly, false);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      node.arguments.forEach((argument) => {
        add(argument, false, true);
      });
    }
    ts.forEachChild(node, visit);
  };
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true);
  visit(source);
  const exports = source.statements.flatMap(readExports);
  return { lines: text.split('\n').length - 1, text, imports, exports };
}

function readExports(statement: ts.Statement): string[] {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
  return declared.flatMap(
    (declaration) => ts.getNameOfDeclaration(declaration as ts.Declaration)?.getText() ?? [],
  );
}

const filesOf = (room: string): string[] => [...FILES.keys()].filter((name) => name.startsWith(`${room}/`));

/** Whatever the files import, types included, as `file -> import`. */
function importsOf(files: readonly string[]): string[] {
  return files.flatMap((file) =>
    (FILES.get(file)?.imports ?? []).map(({ target }) => `${file} -> ${target}`),
  );
}

/** Everything that is loaded with the files when they run, without what is loaded late. */
function loadedWith(files: readonly string[]): string[] {
  const seen = new Set<string>(files);
  for (const file of seen) {
    for (const { target, typeOnly, late } of FILES.get(file)?.imports ?? []) {
      if (!typeOnly && !late) seen.add(target);
    }
  }
  return [...seen];
}

/** One circle of imports through the file, type imports included; null if there is none. */
function findCircle(start: string): string[] | null {
  const queue = [[start]];
  const seen = new Set<string>();
  for (const path of queue) {
    for (const { target } of FILES.get(path.at(-1) ?? '')?.imports ?? []) {
      if (target === start) return [...path, start];
      if (!seen.has(target)) queue.push([...path, target]);
      seen.add(target);
    }
  }
  return null;
}

const among =
  (...rooms: string[]) =>
  (name: string): boolean =>
    rooms.some((room) => name === room || name.startsWith(`${room}/`));

function offenders(files: readonly string[], forbidden: (target: string) => boolean): string[] {
  return importsOf(files).filter((line) => forbidden(line.split(' -> ')[1] ?? ''));
}

/** Random numbers are drawn without tensors: a split is. */
const isMathematics = (name: string): boolean =>
  /^model\/(?!(?:specification|dataset|table|random)[./])/.test(name);
const isDataKnowledge = (name: string): boolean => /^model\/(?:dataset|table)[./]/.test(name);
const isHeavy = (name: string): boolean => /tensorflow|onnxruntime|pglite/.test(name);

describe('the rooms', () => {
  it('are all there, and their imports were found', () => {
    for (const room of ['model', 'queue', 'store', 'worker', 'api', 'cli']) {
      expect(importsOf(filesOf(room)).length, room).toBeGreaterThan(0);
    }
    expect(loadedWith(['worker/child/main.ts']).filter(isHeavy)).not.toEqual([]);
  });

  it('model imports nothing else of src', () => {
    const foreign = (target: string): boolean => FILES.has(target) && !target.startsWith('model/');
    expect(offenders(filesOf('model'), foreign)).toEqual([]);
  });

  it('store knows neither queue nor api nor worker, and of model only what is known of data', () => {
    const others = among('queue', 'api', 'worker', 'cli', 'config.ts', 'settings.ts', 'main.ts');
    const forbidden = (name: string): boolean => others(name) || isMathematics(name) || isHeavy(name);
    expect(offenders(filesOf('store'), forbidden)).toEqual([]);
    expect(loadedWith(filesOf('store')).filter(forbidden)).toEqual([]);
  });

  it('queue knows of the others only what a specification is', () => {
    const forbidden = among('api', 'store', 'worker', 'cli', 'config.ts', 'settings.ts', 'main.ts');
    const unknown = (name: string): boolean => isMathematics(name) || isDataKnowledge(name);
    expect(offenders(filesOf('queue'), (name) => forbidden(name) || unknown(name))).toEqual([]);
  });

  it('api imports neither worker nor mathematics, and loads neither', () => {
    const forbidden = (name: string): boolean =>
      among('worker', 'cli', 'main.ts')(name) || isMathematics(name);
    expect(offenders(filesOf('api'), forbidden)).toEqual([]);
    expect(loadedWith(filesOf('api')).filter((name) => forbidden(name) || isHeavy(name))).toEqual([]);
  });

  it('what is known of data sets and likelihoods without tensors loads none', () => {
    const files = [
      ...filesOf('model/dataset'),
      ...filesOf('model/table'),
      ...filesOf('model/specification'),
      ...filesOf('model/random'),
      'model/specification.ts',
      'model/dataset.ts',
      'model/table.ts',
    ];
    expect(loadedWith(files).filter((name) => isHeavy(name) || isMathematics(name))).toEqual([]);
  });

  it('model/table imports of model only the specification', () => {
    const own = among('model/table', 'model/specification');
    const files = ['model/table.ts', ...filesOf('model/table')];
    expect(offenders(files, (target) => FILES.has(target) && !own(target))).toEqual([]);
  });

  it('worker knows neither api nor command line', () => {
    expect(offenders(filesOf('worker'), among('api', 'cli', 'main.ts'))).toEqual([]);
  });

  it('the process that serves loads no mathematics: that is for its child processes', () => {
    const loaded = loadedWith([
      'cli/service.ts',
      ...filesOf('queue').filter((name) => !/embedded|pglite/.test(name)),
    ]);
    expect(loaded.filter((name) => isMathematics(name) || isHeavy(name))).toEqual([]);
  });
});

it('a child process ignores signals before it loads anything: loading takes a second', () => {
  expect(loadedWith(['worker/child/entry.ts'])).toEqual(['worker/child/entry.ts']);
});

describe('exported names', () => {
  /** Descriptions and mathematics of families, likelihoods and networks have one name: that of their files. */
  const isNamedAfterFile = (file: string, name: string): boolean =>
    /^model\/.*(families|likelihoods|networks)\//.test(file) &&
    basename(file, '.ts').replaceAll('-', '') === name.toLowerCase();

  it('mean one thing each: no two files declare the same one', () => {
    const owners = new Map<string, Set<string>>();
    for (const [file, { exports }] of FILES) {
      for (const name of exports.filter((one) => !isNamedAfterFile(file, one)))
        owners.set(name, (owners.get(name) ?? new Set()).add(file));
    }
    expect(owners.get('Trainer')).toEqual(new Set(['model/training/trainer.ts']));
    expect([...owners].filter(([, files]) => files.size > 1)).toEqual([]);
  });
});

describe('every file of src', () => {
  const where = (bad: (file: SourceFile, name: string) => boolean): string[] =>
    [...FILES].filter(([name, file]) => bad(file, name)).map(([name]) => name);

  it(`is shorter than ${MAX_LINES} lines`, () => {
    expect(where(({ lines }) => lines >= MAX_LINES)).toEqual([]);
  });

  it('is in no circle of imports, type imports included', () => {
    expect(where((_file, name) => findCircle(name) !== null).map(findCircle)).toEqual([]);
  });

  it('leaves the environment to config.ts, to which main.ts hands it', () => {
    const allowed = new Set(['config.ts', 'main.ts']);
    expect(where(({ text }, name) => text.includes('process.env') && !allowed.has(name))).toEqual([]);
  });

  it('is checked by the compiler and the linter in full', () => {
    expect(
      where(({ text }) => /\bas any\b|@ts-(ignore|nocheck|expect-error)|eslint-disable/.test(text)),
    ).toEqual([]);
  });
});
