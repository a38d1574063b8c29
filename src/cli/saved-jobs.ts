import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from './usage-error.ts';

/** Something ordered from the service, and the id in the answer. */
export interface Entry {
  readonly asked: object;
  readonly id: string;
  /** The outcome, once there is one. */
  readonly outcome?: object;
}

interface Saved {
  /** The service that the ids belong to: a URL, or the folder's own service. */
  readonly service: string;
  readonly entries: Readonly<Record<string, Entry>>;
}

/** Orders by name, saved in the output folder, so that a command that runs again continues. */
export interface SavedJobs {
  /** Null if nothing, or something else, was ordered under this name. */
  find(name: string, asked: object): Entry | null;
  keep(name: string, entry: Entry): Promise<void>;
  forget(name: string): Promise<void>;
}

/** Errors: UsageError if the folder's jobs belong to another service. */
export async function openSavedJobs(folder: string, service: string): Promise<SavedJobs> {
  const path = join(folder, 'state.json');
  const saved = await read(path);
  if (saved !== null && saved.service !== service) {
    throw new UsageError(
      `${folder} contains jobs of ${saved.service}, not of ${service}: choose another --output.`,
    );
  }
  const entries = new Map(Object.entries(saved?.entries ?? {}));
  const save = async (): Promise<void> => {
    const text = JSON.stringify({ service, entries: Object.fromEntries(entries) } satisfies Saved, null, 1);
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  };
  return {
    find: (name, asked) => {
      const entry = entries.get(name);
      return entry && JSON.stringify(entry.asked) === JSON.stringify(asked) ? entry : null;
    },
    keep: async (name, entry) => {
      entries.set(name, entry);
      await save();
    },
    forget: async (name) => {
      entries.delete(name);
      await save();
    },
  };
}

async function read(path: string): Promise<Saved | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as Saved);
}
