import { setTimeout as sleep } from 'node:timers/promises';
import { killService, startService } from '../../bench/service.js';

/** Starts the service of a built checkout on a data folder, on one thread of the cpu, and returns calls of it. */
export async function openService(tree, dataDir) {
  const settings = { AEVB_DATA_DIR: dataDir, AEVB_THREADS: '1', AEVB_DEVICE: 'cpu' };
  const service = await startService('serve', settings, tree);
  const call = async (method, path, body, type = 'application/json') => {
    const sent = body === undefined ? {} : { body, headers: { 'content-type': type } };
    const response = await fetch(service.url + path, { method, ...sent });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const get = (path) => call('GET', path);
  const post = (path, body) => call('POST', path, JSON.stringify(body));
  const waitForEnd = async (id) => {
    for (;;) {
      const job = await get(`/jobs/${id}`);
      if (['failed', 'cancelled'].includes(job.state)) throw new Error(`${id}: ${JSON.stringify(job.error)}`);
      if (job.state === 'succeeded') return job;
      await sleep(100);
    }
  };
  const train = async (order) => waitForEnd((await post('/jobs', order)).id);
  return { call, get, post, train, waitForEnd, kill: () => killService(service) };
}
