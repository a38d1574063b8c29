/*
 * Preloaded by `node --import`: the first temporary folder that the process makes begins with an empty embedded queue, a copy
 * of $QUEUE_TEMPLATE (see queue-template.ts). A demo makes its data folder by itself, and a queue takes seconds to make.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { mkdtemp } = fs;

fs.mkdtemp = async (...given) => {
  fs.mkdtemp = mkdtemp;
  syncBuiltinESMExports();
  const folder = await mkdtemp(...given);
  await fs.cp(process.env.QUEUE_TEMPLATE, folder, { recursive: true });
  return folder;
};
syncBuiltinESMExports();
