import { numbers } from './numbers.ts';

/**
 * A table of our own making: delivery vans on one day. What a van is decides load, trips and whether it is electric;
 * the temperature decides the energy it takes. Some values are missing.
 */
export const VAN_COLUMNS = ['model', 'load_kg', 'trips', 'electric', 'temperature', 'energy_kwh'] as const;

/** A number, a word, or null where it is missing. */
export type VanRow = readonly (number | string | null)[];

const MODELS = {
  mini: { loadKg: 120, trips: 18, electric: 0.95 },
  midi: { loadKg: 350, trips: 8, electric: 0.5 },
  maxi: { loadKg: 900, trips: 2.5, electric: 0.05 },
} as const;
export type VanModel = keyof typeof MODELS;
export const VAN_MODELS = Object.keys(MODELS) as VanModel[];

const MISSING = { model: 0.08, temperature: 0.08 } as const;

export function vans(count: number, seed: number): VanRow[] {
  const source = numbers(seed);
  const trips = (mean: number): number => {
    let [found, left] = [0, mean + Math.log(1 - source.uniform())];
    for (; left > 0; found++) left += Math.log(1 - source.uniform());
    return found;
  };
  return Array.from({ length: count }, () => {
    const model = VAN_MODELS[Math.floor(source.uniform(0, 3))] ?? 'mini';
    const { loadKg, trips: usual, electric } = MODELS[model];
    const temperature = 12 + 8 * source.normal();
    return [
      source.uniform() < MISSING.model ? null : model,
      Number((loadKg * Math.exp(0.12 * source.normal())).toFixed(1)),
      trips(usual),
      source.uniform() < electric ? 'yes' : 'no',
      source.uniform() < MISSING.temperature ? null : Number(temperature.toFixed(1)),
      Number((60 - 1.5 * temperature + 1.5 * source.normal()).toFixed(1)),
    ];
  });
}

/** As a file with a header; a missing model is an empty cell, a missing temperature NA. */
export function asCsv(rows: readonly VanRow[]): Buffer {
  const lines = rows.map((row) => row.map((cell, i) => cell ?? (i === 0 ? '' : 'NA')).join(','));
  return Buffer.from([VAN_COLUMNS.join(','), ...lines].join('\n') + '\n');
}

export const isComplete = (row: VanRow): boolean => row.every((cell) => cell !== null);
