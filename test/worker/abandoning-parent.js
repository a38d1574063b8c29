/** Starts a worker process, tells its pid at the moment asked for, and then waits to be killed. */
const [dist = '', order = ''] = process.argv.slice(2);
const { payload, dataDir, moment } = JSON.parse(order);
const { WorkerProcess } = await import(new URL('child/child-process.js', dist).href);

const ignore = () => undefined;
const size = { maxUploadBytes: 1e9, maxDatasetBytes: 1e9 };
const settings = { dataDir, runtime: 'onnx', device: 'cpu', threads: 1, ...size };
const log = { info: ignore, warn: ignore, error: ignore };
const child = new WorkerProcess({ entry: new URL('child/entry.js', dist), settings, log });
const tell = () => process.stdout.write(`${child.pid}\n`);

if (moment === 'before it is ready') tell();
const reportProgress = async ({ step }) => {
  if (step > 0) tell();
};
const context = { jobId: 'job', attempt: 1, signal: new AbortController().signal, reportProgress };
await child.run('train', context, payload);
