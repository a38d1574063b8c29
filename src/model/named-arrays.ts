import { countElements, type FloatArray } from './runtime/runtime.ts';

/** Values by name: tensors and arrays alike. Every helper keeps the order of the names. */
export type Named<Value> = Readonly<Record<string, Value>>;

/** Errors: RangeError where the name is missing. */
export function getNamed<Value>(values: Named<Value>, name: string): Value {
  const value = values[name];
  if (value === undefined) throw new RangeError(`${name} is missing`);
  return value;
}

/** Those of the given names that are there. */
export function selectNamed<Value>(values: Named<Value>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

export function mapNamed<Value, Result>(
  values: Named<Value>,
  map: (value: Value, name: string) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]));
}

export function addPrefix<Value>(values: Named<Value>, prefix: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

/** The values whose names have the prefix, named without it. */
export function stripPrefix<Value>(values: Named<Value>, prefix: string): Record<string, Value> {
  const own = Object.entries(values).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** An array for each shape, every element `value`. */
export function fillNamed(shapes: Named<readonly number[]>, value: number): Record<string, FloatArray> {
  return mapNamed(shapes, (shape) => ({ shape, data: new Float32Array(countElements(shape)).fill(value) }));
}
