import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/cli/listen.ts';
import { buildTestApi } from '../support/api.ts';

it('a service whose port is taken says where, why and what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { app } = await buildTestApi();
  await expect(listen(app, { host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'cannot_listen',
    message: `Cannot listen on 127.0.0.1:${port}: another process uses this port. Choose another with AEVB_HOST and AEVB_PORT (0 picks a free port).`,
  });
});

it('a service listens on a free port where it is told 0', async () => {
  const { app } = await buildTestApi();
  await listen(app, { host: '127.0.0.1', port: 0 });
  expect((app.server.address() as AddressInfo).port).toBeGreaterThan(0);
});
