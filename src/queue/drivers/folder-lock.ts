import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../errors.ts';

/**
 * Lets one process at a time use a folder, by a lock that the operating system drops when the process dies.
 *
 * Each process that wants the lock listens on a socket of its own (`<id>.sock`) and then writes its claim
 * (`<id>.<pid>.claim`). If nobody answers on a claim's socket, its process is dead and anyone may remove the claim, as names are
 * never reused. A process that finds no other living claim has won and writes HELD into its own. If two start at the same
 * time, at least one sees the other; the one with the larger id gives way.
 */
export interface FolderLock {
  release(): Promise<void>;
}

interface Claim {
  readonly id: string;
  readonly pid: string;
  readonly file: string;
}

const HELD = 'held';
const CLAIM = /^([0-9a-f]{16})\.(\d+)\.claim$/;
/** How long a process waits for a rival with a larger id, which gives way as soon as it has seen this claim. */
const RIVAL_WAIT_MS = 5_000;
const RIVAL_POLL_MS = 20;

/** Errors: queue_folder_locked, with the holder and the folder as `named`. */
export async function lockFolder(folder: string, named = folder): Promise<FolderLock> {
  const directory = resolve(folder);
  await mkdir(directory, { recursive: true });
  const id = randomBytes(8).toString('hex');
  const own = { id, pid: `${process.pid}`, file: join(directory, `${id}.${process.pid}.claim`) };
  const server = await listen(directory, id);
  const release = async (): Promise<void> => {
    await rm(own.file, { force: true });
    await new Promise((done) => server.close(done));
    await rm(join(directory, `${id}.sock`), { force: true });
  };
  try {
    await writeFile(own.file, '', { flag: 'wx' });
    await win(directory, own, resolve(named));
    await writeFile(own.file, HELD);
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

async function win(directory: string, own: Claim, named: string): Promise<void> {
  const patience = Date.now() + RIVAL_WAIT_MS;
  for (;;) {
    const rivals = await findLivingRivals(directory, own);
    if (rivals.length === 0) return;
    const stronger = await findStrongest(rivals, own, Date.now() > patience);
    if (stronger !== undefined) {
      throw AppError.of('queue_folder_locked', { folder: named, pid: stronger.pid });
    }
    await sleep(RIVAL_POLL_MS);
  }
}

async function findLivingRivals(directory: string, own: Claim): Promise<Claim[]> {
  const rivals: Claim[] = [];
  for (const name of await readdir(directory)) {
    const [, id, pid] = CLAIM.exec(name) ?? [];
    if (id === undefined || pid === undefined || id === own.id) continue;
    const claim = { id, pid, file: join(directory, name) };
    if (await isAlive(directory, id)) rivals.push(claim);
    else await clear(directory, claim);
  }
  return rivals;
}

async function findStrongest(rivals: Claim[], own: Claim, late: boolean): Promise<Claim | undefined> {
  for (const rival of rivals) {
    const state = await readFile(rival.file, 'utf8').catch(() => '');
    if (state === HELD || rival.id < own.id || late) return rival;
  }
  return undefined;
}

async function clear(directory: string, claim: Claim): Promise<void> {
  await rm(claim.file, { force: true });
  await rm(join(directory, `${claim.id}.sock`), { force: true });
}

async function listen(directory: string, id: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await useEndpoint(directory, id, async (endpoint) => {
    await new Promise<void>((done, failed) => {
      server.once('error', failed);
      server.listen(endpoint, done);
    });
  });
  return server.unref();
}

/** Whether a process listens there: any result except a refused connection counts as alive. */
async function isAlive(directory: string, id: string): Promise<boolean> {
  return useEndpoint(
    directory,
    id,
    (endpoint) =>
      new Promise((done) => {
        const socket = connect(endpoint);
        socket.once('connect', () => {
          socket.destroy();
          done(true);
        });
        socket.once('error', (error: NodeJS.ErrnoException) => {
          done(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
        });
      }),
  );
}

/** Socket paths can have about 100 bytes, so a longer one is reached through a short symlink. Windows has named pipes. */
async function useEndpoint<T>(
  directory: string,
  id: string,
  use: (endpoint: string) => Promise<T>,
): Promise<T> {
  if (process.platform === 'win32') return use(`\\\\.\\pipe\\aevb-queue-${id}`);
  const path = join(directory, `${id}.sock`);
  if (Buffer.byteLength(path) < 100) return use(path);
  const short = await mkdtemp(join(tmpdir(), 'aevb-'));
  try {
    await symlink(directory, join(short, 'd'));
    return await use(join(short, 'd', `${id}.sock`));
  } finally {
    await rm(short, { recursive: true, force: true });
  }
}
