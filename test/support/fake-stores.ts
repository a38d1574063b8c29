import type { Readable } from 'node:stream';
import { AppError } from '../../src/errors.ts';
import { formatIdPattern, createId } from '../../src/ids.ts';
import type {
  DatasetRecord,
  DatasetStore,
  DatasetUpload,
  RoleChange,
  RowReader,
  UploadSettings,
} from '../../src/store/datasets.ts';
import type { MetricsSelection } from '../../src/store/metrics.ts';
import type {
  CheckpointContent,
  CheckpointRecord,
  MetricsLine,
  ModelRecord,
  ModelStore,
} from '../../src/store/models.ts';

export function datasetRecord(fields: Partial<DatasetRecord> = {}): DatasetRecord {
  return {
    id: createId('ds'),
    name: 'tiny',
    created_at: '2026-01-01T00:00:00.000Z',
    format: 'npy',
    rows: 1000,
    test_rows: 0,
    row_shape: [2, 2],
    data_size: 4,
    dtype: 'uint8',
    scale: 1 / 255,
    minimum: 0,
    maximum: 1,
    sha256: 'a'.repeat(64),
    bytes: 4000,
    header: null,
    table: null,
    derived_from: null,
    source: null,
    profile: null,
    test_profile: null,
    ...fields,
  };
}

/** Data sets in memory. An upload is kept whole, once its stream has ended well. */
export class FakeDatasets implements DatasetStore {
  readonly records: DatasetRecord[] = [datasetRecord({ id: 'mnist', name: 'mnist' })];
  readonly uploads: { upload: DatasetUpload; bytes: Buffer }[] = [];
  /** Errors that ended an upload before its stream did. */
  readonly broken: unknown[] = [];
  onBroken: () => void = () => undefined;
  onStarted: () => void = () => undefined;

  async create(source: Readable, settings: UploadSettings): Promise<DatasetRecord> {
    this.onStarted();
    const bytes = Buffer.concat(await this.collect(source));
    const upload = typeof settings === 'function' ? await settings() : settings;
    if (bytes.length === 0) {
      throw AppError.of('data_invalid', { where: 'byte 0', found: 'the end', allowed: 'rows' });
    }
    const { name, testRows = 0 } = upload;
    const record = datasetRecord({ name, test_rows: testRows, bytes: bytes.length });
    this.uploads.push({ upload, bytes });
    this.records.push(record);
    return record;
  }

  readonly changes: { id: string; change: RoleChange }[] = [];

  async derive(id: string, change: RoleChange): Promise<DatasetRecord> {
    const source = await this.get(id);
    if (source.table === null) throw AppError.of('no_source', { id });
    const record = { ...source, id: createId('ds'), derived_from: id };
    this.changes.push({ id, change });
    this.records.push(record);
    return record;
  }

  async get(id: string): Promise<DatasetRecord> {
    checkId(id, 'ds', ['mnist']);
    const record = this.records.find((one) => one.id === id);
    if (record === undefined) throw AppError.of('dataset_not_found', { id });
    return record;
  }

  async remove(id: string): Promise<void> {
    if (id === 'mnist') throw AppError.of('dataset_built_in', { id });
    this.records.splice(this.records.indexOf(await this.get(id)), 1);
  }

  async list(page: { limit: number; after?: string }) {
    return pageOf(this.records, page);
  }

  async openRows(): Promise<RowReader> {
    throw new Error('the API reads no rows');
  }

  async readLabels(): Promise<null> {
    throw new Error('the API reads no labels');
  }

  async readIds(): Promise<null> {
    throw new Error('the API reads no ids');
  }

  async openSource(): Promise<never> {
    throw new Error('this store keeps no source');
  }

  private async collect(source: Readable): Promise<Buffer[]> {
    try {
      return (await source.toArray()) as Buffer[];
    } catch (error) {
      this.broken.push(error);
      this.onBroken();
      throw error;
    }
  }
}

export class FakeModels implements ModelStore {
  readonly records: ModelRecord[] = [];
  readonly metrics = new Map<string, MetricsLine[]>();
  readonly checkpoints = new Map<string, CheckpointRecord[]>();

  async setSpecification(id: string, model: ModelRecord['model']): Promise<void> {
    const record = await this.get(id);
    this.records.splice(this.records.indexOf(record), 1, { ...record, model });
  }

  async setComparison(id: string, comparison: ModelRecord['comparison']): Promise<void> {
    const record = await this.get(id);
    this.records.splice(this.records.indexOf(record), 1, { ...record, comparison });
  }

  async create(record: ModelRecord): Promise<void> {
    this.records.push(record);
  }

  async get(id: string): Promise<ModelRecord> {
    checkId(id, 'model');
    const record = this.records.find((one) => one.id === id);
    if (record === undefined) throw AppError.of('model_not_found', { id });
    return record;
  }

  async stamp(): Promise<never> {
    throw new Error('the API reads no stamps');
  }

  async list(page: { limit: number; after?: string }) {
    return pageOf(this.records, page);
  }

  async remove(id: string): Promise<void> {
    this.records.splice(this.records.indexOf(await this.get(id)), 1);
  }

  async appendMetrics(id: string, line: MetricsLine): Promise<void> {
    this.metrics.set(id, [...(this.metrics.get(id) ?? []), line]);
  }

  async readMetrics(id: string): Promise<MetricsLine[]> {
    return this.metrics.get(id) ?? [];
  }

  async listMetrics(id: string, { limit, after = -1, every = 1 }: MetricsSelection) {
    const lines = (await this.readMetrics(id)).filter(
      ({ step, epoch }, i, all) => step > after && (epoch % every === 0 || i === all.length - 1),
    );
    return { lines: lines.slice(0, limit), hasMore: lines.length > limit };
  }

  async truncateMetrics(): Promise<void> {
    throw new Error('the API drops no metrics');
  }

  async saveCheckpoint(id: string, content: CheckpointContent): Promise<CheckpointRecord> {
    const { step, epoch, seed, validationElbo: validation_elbo } = content;
    const record = { step, epoch, seed, validation_elbo, created_at: '2026-01-01T00:00:00.000Z', files: {} };
    this.checkpoints.set(id, [...(this.checkpoints.get(id) ?? []), record]);
    return record;
  }

  async listCheckpoints(id: string): Promise<CheckpointRecord[]> {
    return this.checkpoints.get(id) ?? [];
  }

  listCandidates(): never {
    throw new Error('the API loads no checkpoint');
  }

  async loadCheckpoint(): Promise<null> {
    throw new Error('the API loads no checkpoint');
  }

  async saveCalibration(): Promise<void> {
    throw new Error('the API stores no calibration');
  }

  async loadCalibration(): Promise<null> {
    throw new Error('the API reads no calibration');
  }

  async pruneCheckpoints(): Promise<void> {
    throw new Error('the API prunes no checkpoint');
  }
}

function checkId(id: string, prefix: 'ds' | 'model', builtIn: readonly string[] = []): void {
  if (!builtIn.includes(id) && !new RegExp(formatIdPattern(prefix)).test(id)) {
    throw AppError.of('id_invalid', { id });
  }
}

function pageOf<Row extends { id: string }>(rows: readonly Row[], page: { limit: number; after?: string }) {
  const from = page.after === undefined ? 0 : rows.findIndex(({ id }) => id === page.after) + 1;
  return { records: rows.slice(from, from + page.limit), hasMore: from + page.limit < rows.length };
}
