/**
 * `npm run check:clients` generates a Python and a TypeScript client from the service's OpenAPI document. It exits with 1 if
 * a generator warns or omits a route. It uses the generators on the PATH and skips those that are missing. `-- --install`
 * first installs them into a temporary folder (from npm and, if there is a python3, from PyPI).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp } from '../dist/api/app.js';
import { loadConfig } from '../dist/config.js';

const { values } = parseArgs({ options: { install: { type: 'boolean', default: false } } });
const folder = mkdtempSync(join(tmpdir(), 'aevb-clients-'));
const env = { ...process.env };

const GENERATORS = [
  {
    program: 'openapi-typescript',
    install() {
      const packages = ['openapi-typescript@7.13.0', 'typescript@5.9.3'];
      run('npm', ['install', '--no-audit', '--no-fund', '--silent', '--prefix', folder, ...packages]);
      return join(folder, 'node_modules', '.bin');
    },
    generate: (document) => run('openapi-typescript', [document, '--output', join(folder, 'client.d.ts')]),
    missing(operations) {
      const text = readFileSync(join(folder, 'client.d.ts'), 'utf8');
      return operations.filter((id) => !new RegExp(`^    ${id}: \\{$`, 'm').test(text));
    },
  },
  {
    program: 'openapi-python-client',
    install() {
      if (run('python3', ['-m', 'venv', join(folder, 'venv')]).status !== 0) return null;
      const bin = join(folder, 'venv', 'bin');
      run(join(bin, 'pip'), ['install', '--quiet', 'openapi-python-client==0.29.1']);
      return bin;
    },
    generate: (document) =>
      run('openapi-python-client', ['generate', '--path', document, '--output-path', join(folder, 'client')]),
    missing(operations) {
      const files = readdirSync(join(folder, 'client'), { recursive: true }).map(String);
      const modules = new Set(
        files.flatMap((file) => /[/\\]api[/\\]\w+[/\\](\w+)\.py$/.exec(file)?.[1] ?? []),
      );
      return operations.filter((id) => !modules.has(id.replace(/[A-Z]/g, (one) => `_${one.toLowerCase()}`)));
    },
  },
];

try {
  const { document, operations } = await publish();
  process.exitCode = GENERATORS.map((generator) => check(generator, document, operations)).includes(false)
    ? 1
    : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes the document of an app without queue and store, which it does not need. */
async function publish() {
  const app = await buildApp({ config: loadConfig({}), producer: {}, store: {} });
  await app.ready();
  const published = app.swagger();
  await app.close();
  const document = join(folder, 'openapi.json');
  writeFileSync(document, JSON.stringify(published));
  const operations = Object.values(published.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  return { document, operations };
}

function check({ program, install, generate, missing }, document, operations) {
  const bin = values.install ? install() : null;
  if (bin !== null) env.PATH = `${bin}${delimiter}${env.PATH}`;
  if (!isInstalled(program)) {
    console.log(`${program}: skipped, not installed`);
    return true;
  }
  const { status, output } = generate(document);
  const lost = status === 0 ? missing(operations) : operations;
  const isGood = status === 0 && lost.length === 0 && !/warning|error|⚠/i.test(output);
  console.log(`${program}: ${operations.length - lost.length} of ${operations.length} routes`);
  if (lost.length > 0) console.log(`missing: ${lost.join(', ')}`);
  if (!isGood) console.log(output);
  return isGood;
}

function isInstalled(program) {
  return env.PATH.split(delimiter).some((bin) => existsSync(join(bin, program)));
}

function run(program, parameters) {
  const { status, stdout, stderr } = spawnSync(program, parameters, { env, encoding: 'utf8' });
  return { status, output: `${stdout ?? ''}${stderr ?? ''}` };
}
