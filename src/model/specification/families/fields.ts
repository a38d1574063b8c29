import Type from 'typebox';

/** Fields that several families share. */

export const positive = (value: number, description: string) =>
  Type.Number({ minimum: 1e-3, maximum: 1e6, default: value, description });
export const real = (value: number, description: string) =>
  Type.Number({ minimum: -1e6, maximum: 1e6, default: value, description });

export const location = real(0, 'Position of the density.');
export const scale = positive(1, 'Width of the density.');
