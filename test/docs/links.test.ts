import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { locateFile } from '../support/examples.ts';

const PAGES = [
  'README.md',
  ...readdirSync(locateFile('docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

const ROOTS = ['src', 'test', 'bench', 'docs'].map((name) => locateFile(`${name}/`));

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(locateFile(page), 'utf8');

  it('links to files and headings that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    const broken = links.filter(([, path = '', heading]) => {
      const target = path === '' ? locateFile(page) : new URL(path, locateFile(page));
      if (!existsSync(target)) return true;
      return heading !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(heading);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('names source files that exist', () => {
    const names = [...text.matchAll(/`((?:[\w-]+\/)*[\w-]+\.(?:ts|js|py))`/g)].map(([, name = '']) => name);
    const folders = readAbbreviations(text);
    const missing = names.filter((name) => !isFile(expand(name, folders)));
    expect(missing).toEqual([]);
  });
});

/** Folders that a page abbreviates with one capital letter, such as "`S` is `src/store`". */
function readAbbreviations(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/`([A-Z])`\s+is\s+`([\w/-]+)`/g);
  return new Map([...found].map(([, letter = '', folder = '']) => [letter, folder]));
}

function expand(name: string, folders: ReadonlyMap<string, string>): string {
  const [first = '', ...rest] = name.split('/');
  return [folders.get(first) ?? first, ...rest].join('/');
}

/** As GitHub forms them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** From the root or from src; a name without a folder may be anywhere in the project's own folders. */
function isFile(name: string): boolean {
  if (existsSync(locateFile(name)) || existsSync(locateFile(`src/${name}`))) return true;
  return (
    !name.includes('/') &&
    ROOTS.some((root) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' }).some((path) => path.endsWith(`/${name}`)),
    )
  );
}
