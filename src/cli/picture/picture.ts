import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { createClient } from '../client.ts';
import { COMMON_FLAGS, PICTURE_KINDS, type Given, type PictureKind } from './kinds.ts';

interface Asked extends Given {
  readonly model: string;
  readonly output: string;
  readonly url: string;
}

/** `aevb picture <kind>`: gets a picture of a model from a running service. Calls `end` with the exit code. */
export function addPictureCommand(program: Command, end: (code: number) => Promise<unknown>): void {
  const pictures = program
    .command('picture')
    .description('Get pictures of a model from a running service and save them as PNG.');
  for (const [name, kind] of Object.entries(PICTURE_KINDS)) {
    const command = pictures
      .command(name)
      .description(kind.description)
      .requiredOption('--model <id>', 'id of the model')
      .requiredOption('--output <file>', 'file to write the PNG to')
      .option('--url <url>', 'address of the service', 'http://127.0.0.1:8080');
    for (const { flag, description, parse, required = false } of [...kind.flags, ...COMMON_FLAGS]) {
      command.addOption(new Option(flag, description).argParser(parse).makeOptionMandatory(required));
    }
    command.action(async (asked: Asked) => {
      await end(await writePicture(kind, asked));
    });
  }
}

/** Returns the exit code. */
async function writePicture(kind: PictureKind, { model, output, url, ...given }: Asked): Promise<number> {
  try {
    const client = createClient(url, new AbortController().signal);
    await writeFile(output, await kind.fetch(client, model, { ...given, format: 'png' }));
    process.stdout.write(`${output}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`aevb picture: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
