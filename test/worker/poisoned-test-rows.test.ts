import { describe, expect, it } from 'vitest';
import { planTraining, propose, splitRows, warningsFor } from '../../src/model/dataset.ts';
import { ModelOrder } from '../../src/model/specification.ts';
import type { DatasetRecord } from '../../src/store/datasets.ts';
import { compileCheck } from '../../src/validation.ts';
import { streamOf } from '../store/support.ts';
import { trainingSpec } from '../support/specifications.ts';
import { generator, IMAGE_SIZE, tinyImages } from '../support/tiny-images.ts';
import { INVERTED, openShop, poisonRows, ROWS, TEST, TEST_ROWS, type Poison } from './poisoned-rows.ts';

/*
 * Only validation rows may choose. Whatever stands in the test rows, each choice must come out the same; and each of these
 * tests poisons rows that may choose, too, to show that it would see a difference. poisoned-pilots.long.test.ts does so for the pilots of
 * a reproduction.
 */

const SPLIT = { validation_fraction: 0.2, seed: 3 };
const VALIDATION = splitRows({ rows: ROWS, test_rows: TEST_ROWS }, SPLIT, 'separate').validation;

const noise = generator(9);
const POISONS: Readonly<Record<string, Poison>> = {
  noise: () => Math.floor(noise() * 256),
  extremes: () => 255,
  'another distribution': (value) => 255 - value,
};

describe('poisoned test rows', () => {
  it('change neither early stopping nor the best checkpoint, watched or not', async () => {
    const shop = await openShop();
    const choose = async (images: Uint8Array, watch: boolean) => {
      const training = {
        ...SPLIT,
        epochs: 6,
        early_stopping: { patience_epochs: 2, minimum_gain: 0 },
        watch_test_rows: watch,
      };
      const payload = await shop.order(training, {}, await shop.upload(images, TEST_ROWS));
      const { step, validationElbo } = await shop.train(payload);
      const best = await shop.store.models.loadCheckpoint(payload.modelId, 'best', { optimizer: false });
      return { step, validationElbo, best: best?.step, parameters: best?.parameters };
    };
    const clean = await choose(tinyImages(ROWS), true);
    for (const [name, poison] of Object.entries(POISONS)) {
      expect(await choose(poisonRows(TEST, poison), true), name).toEqual(clean);
    }
    expect(await choose(poisonRows(TEST, INVERTED), false)).toEqual(clean);
    const poisoned = await choose(poisonRows(VALIDATION, INVERTED), true);
    expect([poisoned.step, poisoned.best]).not.toEqual([clean.step, clean.best]);
  }, 120_000);
});

describe('a proposal', () => {
  const order = {
    model: compileCheck(ModelOrder, 'model')({}),
    training: trainingSpec(),
  };
  const derive = (record: DatasetRecord) => {
    const { profile, scale } = record;
    if (profile === null) throw new Error('there is a profile');
    const proposal = propose(profile);
    const outcome = planTraining(structuredClone(order), record);
    if (!('plan' in outcome)) throw new Error('it is refused');
    const warnings = warningsFor(profile, proposal.likelihood, proposal.binarization);
    return { profile, scale, proposal, warnings, plan: outcome.plan };
  };
  const line = (i: number) => `${(20 + 7 * Math.sin(i)).toFixed(2)},${i % 7},${['red', 'blue'][i % 2]},1`;
  const table = (test: readonly string[]) =>
    ['size,count,colour,flag', ...Array.from({ length: 90 }, (_, i) => line(i)), ...test].join('\n');
  const clean = Array.from({ length: 10 }, (_, i) => line(90 + i));

  it.each([
    ['other words', clean.map((_, i) => `20,3,green${i},1`)],
    ['extremes', clean.map(() => '-1e30,1e9,red,-77')],
    ['fractions', clean.map(() => '0,0.5,blue,0.25')],
    ['missing values', clean.map(() => ',,,')],
  ])('for a table does not look at test rows: %s', async (_, poison) => {
    const { store } = await openShop();
    const upload = async (text: string) =>
      derive(await store.datasets.create(streamOf(text), { name: 'table', testRows: 10 }));
    const expected = await upload(table(clean));
    expect(await upload(table(poison))).toEqual(expected);
    const moved = table([...poison, ...clean]);
    expect((await upload(moved)).proposal).not.toEqual(expected.proposal);
  });

  it('for images does not look at test rows, nor does their scale', async () => {
    const shop = await openShop();
    const bits = (rows: Iterable<number>, poison: Poison) => {
      const images = tinyImages(ROWS).map((value) => Number(value > 127));
      for (const row of rows) images.fill(poison(0, row), row * IMAGE_SIZE, (row + 1) * IMAGE_SIZE);
      return images;
    };
    const upload = async (images: Uint8Array) =>
      derive(await shop.store.datasets.get(await shop.upload(images, TEST_ROWS)));
    const expected = await upload(bits([], () => 0));
    expect(expected.scale).toBe(1);
    expect(await upload(bits(TEST, () => 200))).toEqual(expected);
    expect((await upload(bits([0], () => 200))).scale).toBe(1 / 255);
  });
});
