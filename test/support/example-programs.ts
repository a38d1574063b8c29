import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { locateFile } from './examples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const run = promisify(execFile);
const COMPILER = fileURLToPath(locateFile('node_modules/typescript-7/bin/tsc'));

/** The command that runs Python 3, or null where there is none. */
export async function findPython(): Promise<string | null> {
  try {
    await run('python3', ['--version']);
    return 'python3';
  } catch {
    return null;
  }
}

/**
 * Compiles a TypeScript program of docs/examples, because Node 20 runs none; returns the path of the JavaScript.
 * Errors: a type is wrong, or Node could not run it by erasing its types alone.
 */
export async function compileProgram(path: string): Promise<string> {
  const folder = await temporaryFolder();
  const options = ['--strict', '--erasableSyntaxOnly', '--module', 'nodenext', '--target', 'es2023'];
  const source = fileURLToPath(locateFile(path));
  const root = fileURLToPath(locateFile('.'));
  const rest = ['--types', 'node', '--ignoreConfig', '--outDir', folder, source];
  await run(process.execPath, [COMPILER, ...options, ...rest], { cwd: root });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return join(folder, `${basename(path, '.ts')}.js`);
}
