import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { TrainRequest } from '../../src/api/jobs/schemas.ts';
import { describeSettings } from '../../src/config.ts';
import { LIMITS } from '../../src/model/specification.ts';
import { fieldsOf } from '../support/api-fields.ts';
import { locateFile } from '../support/examples.ts';

const readme = await readFile(locateFile('README.md'), 'utf8');

describe('the README', () => {
  it('has every setting, with its default and meaning', () => {
    const rows = [...readme.matchAll(/^\| `(AEVB_\w+)` +\| (.+?) +\| (.+?) +\|$/gm)];
    expect(rows.map(([, variable, value, meaning]) => ({ variable, value, meaning }))).toEqual(
      describeSettings().map(({ variable, default: value, description }) => ({
        variable,
        value: variable === 'AEVB_THREADS' ? 'the cores' : value === '' ? '–' : `\`${String(value)}\``,
        meaning: description,
      })),
    );
  });

  it.each([
    'model.likelihood.family',
    'model.posterior.family',
    'model.encoder.activation',
    'training.algorithm.name',
    'training.estimator.name',
    'training.objective.name',
    'training.optimizer.name',
    'training.learning_rate_schedule.name',
    'training.binarization',
  ])('names every %s in its table', (name) => {
    const { value = '' } = fieldsOf(TrainRequest as object).find((field) => field.name === name) ?? {};
    const names = value.match(/`\w+`/g) ?? [];
    expect(names.length).toBeGreaterThan(1);
    const row = readme
      .split('\n')
      .find((line) => line.startsWith('|') && names.every((one) => line.includes(one)));
    expect(row).toContain(name.split('.')[1]);
  });

  it('gives the limits of the code', () => {
    const format = (value: number) => value.toLocaleString('en');
    expect(readme.replace(/\s+/g, ' ')).toContain(
      `up to ${LIMITS.hiddenLayers} hidden layers of up to ${format(LIMITS.hiddenSize)} units, rows of up to ${format(LIMITS.dataSize)} values, ${format(LIMITS.parameters)} parameters`,
    );
  });
});
