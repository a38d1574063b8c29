import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { createId } from '../../../src/ids.ts';
import { readDataset } from '../../../src/store/dataset-files.ts';
import { fsDriver } from '../../../src/store/drivers/fs.ts';
import { readCheckpoint, readModel } from '../../../src/store/model-files.ts';
import { recordFormat, type Migration } from '../../../src/store/records/record-format.ts';
import { datasetRecord } from '../../support/fake-stores.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { modelRecord } from '../model-fixtures.ts';
import { codeOf } from '../support.ts';

describe('a record format', () => {
  const rename: Migration = ({ old, ...rest }) => ({ ...rest, name: old });
  const double: Migration = (older) => ({ ...older, size: Number(older['size']) * 2 });
  const schema = Type.Object(
    { name: Type.String(), size: Type.Number(), color: Type.String({ default: 'red' }) },
    { additionalProperties: false },
  );
  const format = recordFormat('thing.json', schema, [rename, double]);

  it('takes each version through the migrations it has yet to pass, in order', () => {
    const expected = { name: 'a', size: 4, color: 'red' };
    expect(format.version).toBe(3);
    expect(format.parse({ old: 'a', size: 2 })).toEqual(expected);
    expect(format.parse({ version: 1, old: 'a', size: 2 })).toEqual(expected);
    expect(format.parse({ version: 2, name: 'a', size: 2 })).toEqual(expected);
    expect(format.parse({ version: 3, name: 'a', size: 4 })).toEqual(expected);
  });

  it.each([4, 0, 1.5, '3', null])('refuses version %j by its field', (version) => {
    expect(problemsOf(() => format.parse({ version, name: 'a', size: 1 }))).toMatchObject([
      { pointer: '/version' },
    ]);
  });

  it.each([[null], [[]], ['text'], [1]])('refuses %j, which is no object', (json) => {
    expect(problemsOf(() => format.parse(json))).toMatchObject([
      { pointer: '', detail: 'must be an object' },
    ]);
  });

  it('refuses unknown and missing fields by their pointers', () => {
    const pointersOf = (json: object) => problemsOf(() => format.parse({ version: 3, ...json }));
    expect(pointersOf({ name: 'a', size: 1, more: 1 })).toMatchObject([{ pointer: '/more' }]);
    expect(pointersOf({ name: 'a' })).toMatchObject([{ pointer: '/size' }]);
  });
});

describe('records of models', () => {
  it('of version 1 let test rows validate, and get the defaults of fields that are newer', async () => {
    const { split, ...current } = modelRecord(createId('model'));
    const { kl_weight: kl, ...training } = current.training;
    const read = await readWritten(current.id, { ...current, training });
    expect(split).toBe('separate');
    expect(read).toEqual({ ...current, split: 'test_rows_validate' });
    expect(read?.training.kl_weight).toEqual(kl);
  });

  it.each([
    ['a version of the future', { version: 9 }, '/version'],
    ['a model that makes no sense', { model: { latent_size: 0 } }, '/model/latent_size'],
    ['a training with an unknown field', { training: { epoch: 3 } }, '/training/epoch'],
    ['an unknown split', { split: 'none' }, '/split'],
    ['an unknown field', { color: 'red' }, '/color'],
  ])('with %s are refused with file and field', async (_, fields, pointer) => {
    const id = createId('model');
    const reading = readWritten(id, { version: 2, ...modelRecord(id), ...fields });
    expect(await codeOf(reading)).toBe('blob_corrupt');
    await expect(reading).rejects.toThrow(`models/${id}/model.json is damaged: ${pointer} `);
  });

  async function readWritten(id: string, json: object) {
    const driver = fsDriver(await temporaryFolder());
    await driver.write(`models/${id}/model.json`, Buffer.from(JSON.stringify(json)));
    return readModel(driver, id);
  }
});

describe('records of checkpoints and data sets', () => {
  it('of a checkpoint without a version are of version 1', async () => {
    const driver = fsDriver(await temporaryFolder());
    const record = {
      step: 3,
      epoch: 1,
      seed: 7,
      created_at: '2026-01-02T03:04:05.678Z',
      validation_elbo: null,
      files: { 'parameters.safetensors': { sha256: 'a'.repeat(64), bytes: 8 } },
    };
    const id = createId('model');
    const key = `models/${id}/checkpoints/000000000003/checkpoint.json`;
    await driver.write(key, Buffer.from(JSON.stringify(record)));
    expect(await readCheckpoint(driver, id, 3)).toEqual(record);
    await driver.write(key, Buffer.from(JSON.stringify({ ...record, seed: -1 })));
    await expect(readCheckpoint(driver, id, 3)).rejects.toThrow(`${key} is damaged: /seed must be`);
  });

  it('of a data set name the field that is damaged', async () => {
    const driver = fsDriver(await temporaryFolder());
    const record = datasetRecord();
    const key = `datasets/${record.id}/dataset.json`;
    await driver.write(key, Buffer.from(JSON.stringify({ version: 2, ...record })));
    expect(await readDataset(driver, record.id)).toEqual(record);
    await driver.write(key, Buffer.from(JSON.stringify({ version: 2, ...record, row_shape: [2, '2'] })));
    await expect(readDataset(driver, record.id)).rejects.toThrow(`${key} is damaged: /row_shape/1 must be`);
  });
});

function problemsOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return (error as { problems?: unknown }).problems;
  }
  return undefined;
}
