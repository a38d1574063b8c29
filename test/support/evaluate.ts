import { fuse } from '../../src/model/runtime/onnx/fuse.ts';
import type { Node } from '../../src/model/runtime/onnx/ir.ts';
import { trace } from '../../src/model/runtime/onnx/trace.ts';
import type { ArraySpec, FloatArrays, Runtime, TensorFunction } from '../../src/model/runtime/runtime.ts';
import type { Value } from './dense-array.ts';
import { interpret } from './interpreter.ts';
import { at } from './numbers.ts';
import { array, valuesOf } from './tiny-model.ts';

export type Values = Readonly<Record<string, Value>>;

export function specsOf(inputs: FloatArrays): Record<string, ArraySpec> {
  const entries = Object.entries(inputs).map(([name, { shape }]): [string, ArraySpec] => {
    return [name, { shape, dtype: 'float32' }];
  });
  return Object.fromEntries(entries);
}

/** The graph of a function, as the compiled runtime would emit it. */
export function graphOf(fn: TensorFunction, inputs: FloatArrays): Record<string, Node> {
  const { graph, outputs } = trace(specsOf(inputs), fn, (result) => result);
  return fuse(graph, outputs);
}

/** A function in double precision. */
export function inDouble(fn: TensorFunction, inputs: FloatArrays): Values {
  return interpret(graphOf(fn, inputs), valuesOf(inputs));
}

export async function inFloat(
  runtime: Runtime,
  fn: TensorFunction,
  inputs: FloatArrays,
): Promise<FloatArrays> {
  const compiled = await runtime.compile(fn, specsOf(inputs));
  const outputs = await compiled.run(inputs);
  await compiled.dispose();
  return outputs;
}

/** Derivatives of one number with respect to every element of an input, by steps of a millionth of each. */
export function centralDifferences(output: Node, point: Values, name: string): Float64Array {
  const { shape, data } = array(point, name);
  const valueAt = (i: number, step: number) => {
    const moved = data.slice();
    moved[i] = at(moved, i) + step;
    return at(interpret({ output }, { ...point, [name]: { shape, data: moved } }).output.data, 0);
  };
  return data.map((value, i) => {
    const step = 1e-6 * (Math.abs(value) || 1);
    return (valueAt(i, step) - valueAt(i, -step)) / (2 * step);
  });
}
