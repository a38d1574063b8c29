import { basename, relative } from 'node:path';

/** How this program was called, for commands that are shown: `aevb`, or `node dist/main.js`. */
export function nameCommand(script: string | undefined, workingFolder: string): string {
  if (script === undefined || basename(script) === 'aevb') return 'aevb';
  return `node ${relative(workingFolder, script)}`;
}
