import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ModelSpec,
  POSTERIOR_FAMILIES,
  PRIOR_FAMILIES,
  supportOf,
  TrainingSpec,
} from '../../src/model/specification.ts';

const text = readFileSync(new URL('../../docs/method.md', import.meta.url), 'utf8');

/** Cells of the rows of the table below a heading that begin with a name in backquotes. */
function table(heading: string): Map<string, string[]> {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)` +\|(.*)\|$/gm)];
  return new Map(
    rows.map(([, name = '', cells = '']) => [name, cells.split(/(?<!\\)\|/).map((c) => c.trim())]),
  );
}

function variants(schema: object): string[] {
  const { discriminator, oneOf } = schema as {
    discriminator: { propertyName: string };
    oneOf: { properties: Record<string, { const?: string }> }[];
  };
  return oneOf.map(({ properties }) => properties[discriminator.propertyName]?.const ?? '');
}

describe('docs/method.md', () => {
  it.each([
    ['Estimators', TrainingSpec.properties.estimator],
    ['Algorithms', TrainingSpec.properties.algorithm],
    ['Likelihoods', ModelSpec.properties.likelihood],
    ['Posteriors', ModelSpec.properties.posterior],
  ])('has a row for each of %s', (heading, schema) => {
    expect([...table(heading).keys()].toSorted()).toEqual(variants(schema).toSorted());
  });

  it.each(
    variants(TrainingSpec.properties.optimizer).concat(
      variants(TrainingSpec.properties.learning_rate_schedule),
    ),
  )('names %s', (name) => {
    expect(text).toContain(`\`${name}\``);
  });

  it.each(POSTERIOR_FAMILIES)('says whether %s is a prior, and where its values lie', (family) => {
    const [support = '', , , prior = ''] = table('Posteriors').get(family) ?? [];
    expect(prior.startsWith('yes')).toBe((PRIOR_FAMILIES as readonly string[]).includes(family));
    const name = supportOf(family).replace('_', ' ');
    // Families that cover a part of their support say which.
    expect(/[<>=[]/.test(support) || support === name).toBe(true);
  });
});
