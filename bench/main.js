/** `npm run bench -- <name>` runs one measurement of docs/benchmarks.md. */

// Without this, ONNX Runtime sends telemetry and leaves a log file in the temporary folder.
process.env.ORT_DISABLE_TELEMETRY = '1';

const BENCHES = {
  train: () => import('./train.js'),
  encode: () => import('./encode.js'),
  overload: () => import('./overload.js'),
  swap: () => import('./swap.js'),
  memory: () => import('./memory.js'),
  'large-data': () => import('./large-data.js'),
  upload: () => import('./upload.js'),
  bulk: () => import('./bulk.js'),
  download: () => import('./download.js'),
  tables: () => import('./tables.js'),
  anomalies: () => import('./anomalies.js'),
  mutations: () => import('./mutations.js'),
  fidelity: () => import('./fidelity.js'),
  imputation: () => import('./imputation.js'),
  'imputation-images': () => import('./imputation-images.js'),
};

const name = process.argv[2] ?? '';
if (!(name in BENCHES)) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}\n`);
  process.exit(2);
}
const { run } = await BENCHES[name]();
await run();
