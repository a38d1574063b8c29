import { Readable } from 'node:stream';
import { chooseColumns, describeTaskColumns } from '../../model/dataset.ts';
import { InterruptedError, type Processor } from '../../queue/queues.ts';
import type { PartPayload, PartResult } from '../../queue/jobs.ts';
import { openOutput } from '../../store/formats/output/output.ts';
import type { PieceWriter } from '../../store/formats/output/writer.ts';
import type { ResultPlan } from '../../store/results.ts';
import { toMatrix } from '../../queue/arrays.ts';
import type { InferenceSubject } from '../inference/operation.ts';
import { Subjects, type SubjectDependencies } from '../inference/subjects.ts';
import { createSourceReader, type SourceReader } from '../apply/source-rows.ts';
import { drawSampleRows, runOnRows } from '../apply/task-runners.ts';
import { readValues } from '../row-values.ts';

/** Rows that are computed at once: as many as the largest compiled batch has. */
const ROWS_AT_ONCE = 512;
const CANCELLED: PartResult = { outcome: 'cancelled' };

/** Computes a part of a result and stores it. It depends on the plan alone, so a part that starts over has the same bytes. */
export function createPartProcessor(dependencies: SubjectDependencies): Processor<'part'> {
  const { store } = dependencies;
  const subjects = new Subjects(dependencies);
  return async ({ signal }, payload) => {
    const { jobId, part } = payload;
    if (part === 'dataset')
      return { outcome: 'succeeded', datasetId: await makeDataset(store, payload, signal) };
    const check = (): void => {
      if (signal.aborted) throw new InterruptedError();
    };
    try {
      const plan = await store.results.readPlan(jobId);
      const first = part * plan.part_rows;
      const numbers = Uint32Array.from(
        { length: Math.min(plan.part_rows, plan.rows - first) },
        (_, i) => first + i,
      );
      const piece = openOutput(plan.format, plan.columns).openPiece();
      const badRows = await subjects.use(payload.modelId, plan.step, check, (subject) =>
        writeRows(subject, numbers, payload, { store, plan, check, piece }),
      );
      await store.results.savePart(jobId, part, { ...piece.finish(), rows: numbers.length, badRows });
      return { outcome: 'succeeded', datasetId: null };
    } catch (error) {
      if (error instanceof InterruptedError && signal.reason === 'cancel') return CANCELLED;
      throw error;
    }
  };
}

interface Surroundings {
  readonly store: SubjectDependencies['store'];
  readonly plan: ResultPlan;
  readonly check: () => void;
  readonly piece: PieceWriter;
}

/** Returns how many rows are bad. */
async function writeRows(
  subject: InferenceSubject,
  numbers: Uint32Array,
  payload: PartPayload,
  { store, plan, check, piece }: Surroundings,
): Promise<number> {
  const { task, datasetId, datasetName } = payload;
  const { format } = plan;
  let badRows = 0;
  const letMessagesIn = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    check();
  };
  if (task.type === 'sample') {
    for (let at = 0; at < numbers.length; at += ROWS_AT_ONCE) {
      await letMessagesIn();
      piece.add(await drawSampleRows(subject, numbers.subarray(at, at + ROWS_AT_ONCE), task.seed));
    }
    return badRows;
  }
  const dataset = await store.datasets.get(datasetId);
  const onlyLatents = datasetName !== null;
  const columns = describeTaskColumns({ task, model: subject.record, dataset, onlyLatents });
  const kept = chooseColumns(columns, format);
  const hasIds = columns.ids.length > 0 && kept[0] === true;
  const ids = hasIds ? await store.datasets.readIds(datasetId, numbers) : null;
  const noIds = columns.ids.map(() => null);
  const read: SourceReader = createSourceReader(subject.record, dataset, columns.data.length > 0);
  const form = { onlyLatents, isText: format === 'csv' || format === 'jsonl' };
  const none = columns.added.map(() => null);
  const keepsAll = kept.every(Boolean);
  const size = dataset.data_size;
  const { data } = await subject.datasets.use(datasetId, (reader) => readValues(reader, numbers));
  for (let at = 0; at < numbers.length; at += ROWS_AT_ONCE) {
    await letMessagesIn();
    const stored = data.subarray(at * size, (at + ROWS_AT_ONCE) * size);
    const {
      rows: values,
      cells,
      errors,
    } = read(toMatrix({ shape: [stored.length / size, size], data: stored }));
    const added = errors.includes(null) ? await runOnRows(subject, values, task, form) : [];
    piece.add(
      errors.map((error, row) => {
        if (error !== null) badRows += 1;
        const all = [
          ...(ids?.[at + row] ?? noIds),
          ...(columns.data.length > 0 ? (cells[row] ?? []) : []),
          ...(error === null ? (added[row] ?? none) : none),
          ...columns.error.map(() => error),
        ];
        return keepsAll ? all : all.filter((_, i) => kept[i]);
      }),
    );
  }
  return badRows;
}

/** Makes a data set of the file. */
async function makeDataset(
  store: SubjectDependencies['store'],
  { jobId, datasetId, datasetName }: PartPayload,
  signal: AbortSignal,
): Promise<string> {
  const plan: ResultPlan = await store.results.readPlan(jobId);
  const { table, test_rows: testRows } = await store.datasets.get(datasetId);
  const ids = (table?.columns ?? []).filter(({ role }) => role === 'id').map(({ name }) => name);
  const roles = plan.columns.map(({ name }) => [name, ids.includes(name) ? 'id' : 'number'] as const);
  const source = Readable.from(store.results.read(jobId), { objectMode: false });
  const { id } = await store.datasets.create(
    source,
    {
      name: datasetName ?? 'latents',
      format: 'csv',
      header: true,
      testRows,
      columns: Object.fromEntries(roles),
    },
    signal,
  );
  return id;
}
