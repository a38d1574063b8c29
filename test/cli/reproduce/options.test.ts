import { describe, expect, test } from 'vitest';
import {
  formatPanel,
  PANELS,
  parseOptions,
  parsePanels,
  type Flags,
} from '../../../src/cli/reproduce/options.ts';

const names = (...asked: string[]): string[] => parsePanels(asked).map(formatPanel);
const flags = (more: Partial<Flags> = {}): Flags => ({ seed: '1', initializer: 'fan_in', ...more });

describe('panels', () => {
  test('are those of the paper', () => {
    expect(PANELS.map(formatPanel)).toEqual([
      'MNIST 3',
      'MNIST 5',
      'MNIST 10',
      'MNIST 20',
      'MNIST 200',
      'Frey 2',
      'Frey 5',
      'Frey 10',
      'Frey 20',
    ]);
  });

  test('are taken by name, by data set or all, once each and in the order of the figure', () => {
    expect(names('MNIST 20')).toEqual(['MNIST 20']);
    expect(names('Frey 20', 'mnist 3', 'MNIST 3')).toEqual(['MNIST 3', 'Frey 20']);
    expect(names('frey')).toEqual(['Frey 2', 'Frey 5', 'Frey 10', 'Frey 20']);
    expect(names('all')).toHaveLength(9);
  });

  test.each(['MNIST 4', 'MNIST 2', 'cifar', ''])('"%s" is none, and what there is is told', (name) => {
    expect(() => names(name)).toThrow(/--panel must be "all", "MNIST", "Frey", "MNIST 3".*found/);
  });
});

describe('options', () => {
  test('read numbers as the paper writes them', () => {
    expect(parseOptions('figure2', flags({ samples: '2e5' })).samples).toBe(200_000);
    expect(parseOptions('figure2', flags()).samples).toBe(1_000_000);
  });

  test.each(['many', '0', '1.5', ''])('refuse --samples "%s"', (samples) => {
    expect(() => parseOptions('figure2', flags({ samples }))).toThrow(
      /--samples must be a whole number from 1/,
    );
  });

  test('refuse what is not in the paper, and Frey Face without its file', () => {
    expect(() => parseOptions('figure9', flags())).toThrow(/what to reproduce must be one of figure2/);
    expect(() => parseOptions('figure2', flags({ initializer: 'none' }))).toThrow(
      /--initializer must be one of/,
    );
    expect(() => parseOptions('figure2', flags({ panel: ['all'] }))).toThrow(/--frey/);
    expect(parseOptions('figure2', flags({ panel: ['all'], frey: 'f' })).panels).toHaveLength(9);
  });
});
