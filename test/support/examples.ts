import { readFile } from 'node:fs/promises';

/** A file of the project, by its path from the root. */
export const locateFile = (path: string): URL => new URL(`../../${path}`, import.meta.url);

/** The pages whose examples are run, in the order in which a reader runs them: the guide uses what the README made. */
export const PAGES = ['README.md', 'docs/guide.md'] as const;

/** A shell block that calls the service, and the answer shown below it. */
export interface Example {
  /** The paths it calls. */
  readonly name: string;
  readonly script: string;
  readonly shown: unknown;
}

/** Marks what a page leaves out. */
const ELLIPSIS = '...';

/** The examples of a page, in its order. */
export async function readExamples(page: string): Promise<Example[]> {
  const text = await readFile(locateFile(page), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)];
  return blocks.flatMap(([, language, script = ''], index) => {
    if (language !== 'sh' || !/^curl /m.test(script)) return [];
    const [, next, answer = ''] = blocks[index + 1] ?? [];
    const shown = next === 'json' ? parseShown(answer) : undefined;
    const paths = [...script.matchAll(/localhost:8080([^\s'"?]*)/g)].map(([, path]) => path);
    return [{ name: paths.join(', '), script, shown }];
  });
}

/** Parses JSON in which `...` stands for more fields of an object or more entries of an array. */
function parseShown(text: string): unknown {
  const open: string[] = [];
  const json = text.replace(/"(?:[^"\\]|\\.)*"|\.\.\.|[[\]{}]/g, (found) => {
    if (found === '{' || found === '[') open.push(found);
    else if (found === '}' || found === ']') open.pop();
    else if (found === ELLIPSIS) return open.at(-1) === '{' ? `"${ELLIPSIS}": 0` : `"${ELLIPSIS}"`;
    return found;
  });
  return JSON.parse(json);
}

/** Ids shown on the pages -> the ids that the service gave instead. */
export type Ids = Map<string, string>;

/**
 * Compares an answer with the one shown: fields, types, numbers of entries, and whether equal ids name the same thing.
 * Values may differ. Adds the ids that it meets to `ids`.
 */
export function findDifferences(shown: unknown, found: unknown, ids: Ids, path = ''): string[] {
  if (Array.isArray(shown) && Array.isArray(found)) {
    const entries = shown.filter((entry) => entry !== ELLIPSIS);
    const complete = entries.length === shown.length;
    if (complete ? entries.length !== found.length : entries.length > found.length) {
      return [`${path} has ${found.length} entries`];
    }
    return entries.flatMap((entry, i) => findDifferences(entry, found[i], ids, `${path}/${i}`));
  }
  if (isObject(shown) && isObject(found)) {
    const { [ELLIPSIS]: more, ...fields } = shown;
    const unknown = Object.keys(found).filter((name) => more === undefined && !(name in fields));
    return [
      ...unknown.map((name) => `${path}/${name} is not shown`),
      ...Object.entries(fields).flatMap(([name, value]) =>
        findDifferences(value, found[name], ids, `${path}/${name}`),
      ),
    ];
  }
  if (typeof shown === 'string' && typeof found === 'string' && /^(job|model|ds)_/.test(shown)) {
    const known = ids.get(shown);
    ids.set(shown, found);
    return known === undefined || known === found ? [] : [`${path} names something else than before`];
  }
  return kindOf(shown) === kindOf(found) ? [] : [`${path} is ${kindOf(found)}, not ${kindOf(shown)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return kindOf(value) === 'object';
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
}
