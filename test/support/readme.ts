import { readFile } from 'node:fs/promises';

export const README = new URL('../../README.md', import.meta.url);

/** A block of shell that calls the service, and the answer shown below it. */
export interface Example {
  /** The paths that are called. */
  readonly name: string;
  readonly script: string;
  readonly shown: unknown;
}

/** Where the README leaves something out. */
export const ELLIPSIS = '...';

/** In the order of the page. */
export async function readExamples(): Promise<Example[]> {
  const text = await readFile(README, 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)];
  return blocks.flatMap(([, language, script = ''], index) => {
    if (language !== 'sh' || !/^curl /m.test(script)) return [];
    const [, next, answer = ''] = blocks[index + 1] ?? [];
    const shown = next === 'json' ? parseShown(answer) : undefined;
    const paths = [...script.matchAll(/localhost:8080([^\s'"?]*)/g)].map(([, path]) => path);
    return [{ name: paths.join(', '), script, shown }];
  });
}

/** JSON in which `...` stands for further fields of an object or entries of an array. */
export function parseShown(text: string): unknown {
  const open: string[] = [];
  const json = text.replace(/"(?:[^"\\]|\\.)*"|\.\.\.|[[\]{}]/g, (found) => {
    if (found === '{' || found === '[') open.push(found);
    else if (found === '}' || found === ']') open.pop();
    else if (found === ELLIPSIS) return open.at(-1) === '{' ? `"${ELLIPSIS}": 0` : `"${ELLIPSIS}"`;
    return found;
  });
  return JSON.parse(json);
}

/** Ids that the README shows -> those of the service in their place. */
export type Ids = Map<string, string>;

/** How an answer is unlike the one shown: other fields, other types, another number of entries, an id that is another thing's. */
export function differences(shown: unknown, found: unknown, ids: Ids, path = ''): string[] {
  if (Array.isArray(shown) && Array.isArray(found)) {
    const entries = shown.filter((entry) => entry !== ELLIPSIS);
    const complete = entries.length === shown.length;
    if (complete ? entries.length !== found.length : entries.length > found.length) {
      return [`${path} has ${found.length} entries`];
    }
    return entries.flatMap((entry, i) => differences(entry, found[i], ids, `${path}/${i}`));
  }
  if (isObject(shown) && isObject(found)) {
    const { [ELLIPSIS]: more, ...fields } = shown;
    const unknown = Object.keys(found).filter((name) => more === undefined && !(name in fields));
    return [
      ...unknown.map((name) => `${path}/${name} is not shown`),
      ...Object.entries(fields).flatMap(([name, value]) =>
        differences(value, found[name], ids, `${path}/${name}`),
      ),
    ];
  }
  if (typeof shown === 'string' && typeof found === 'string' && /^(job|model|ds)_/.test(shown)) {
    const known = ids.get(shown);
    ids.set(shown, found);
    return known === undefined || known === found ? [] : [`${path} is another thing than before`];
  }
  return kindOf(shown) === kindOf(found) ? [] : [`${path} is ${kindOf(found)}, not ${kindOf(shown)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return kindOf(value) === 'object';
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
}
