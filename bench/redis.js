import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Starts a Redis of its own on a free port, which keeps nothing; `stop` ends it. */
export async function startRedis(folder) {
  const port = await findFreePort();
  const redis = spawn('redis-server', ['--port', String(port), '--save', '', '--dir', folder], {
    stdio: 'ignore',
  });
  process.once('exit', () => redis.kill('SIGKILL'));
  return { url: `redis://127.0.0.1:${port}`, pid: redis.pid, stop: () => redis.kill() };
}

export async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
