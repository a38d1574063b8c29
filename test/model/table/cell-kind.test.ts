import { expect, it } from 'vitest';
import { findCellKind, type TableColumn } from '../../../src/model/table.ts';

const common = { name: 'a', reason: '', missing: 0 };
const createCategory = (cells: 'word' | 'number' | 'boolean'): TableColumn => ({
  ...common,
  role: 'category',
  labels: ['0', '1'],
  cells,
  other_share: 0,
});

it('the cells of a category are of the kind that its codes stand for; ids and ignored columns are text', () => {
  const kinds = (['word', 'number', 'boolean'] as const).map((cells) => findCellKind(createCategory(cells)));
  expect(kinds).toEqual(['text', 'number', 'flag']);
  expect(findCellKind({ ...common, role: 'id' })).toBe('text');
  expect(findCellKind({ ...common, role: 'ignore' })).toBe('text');
});

it('a category of numbers in which other words may be is text', () => {
  expect(findCellKind(createCategory('number'), true)).toBe('text');
});
