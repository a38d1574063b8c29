import type { Node } from './ir.ts';
import type { KernelCall } from './kernel-call.ts';

/** Kernels for which ONNX has no operator, or only a slow or inexact one. */

/** max(x, 0) + log(1 + exp(-|x|)): several times faster than ONNX Runtime's Softplus on cpu, and equally exact. */
export function softplus({ graph, input }: KernelCall): Node {
  const x = input('x');
  const [zero, one] = [graph.constant(0, [], x.dtype), graph.constant(1, [], x.dtype)];
  const tail = graph.unary('Exp', graph.unary('Neg', graph.unary('Abs', x)));
  return graph.binary(
    'Add',
    graph.binary('Max', x, zero),
    graph.unary('Log', graph.binary('Add', tail, one)),
  );
}

/** (exp(x) + 1) tanh(x / 2): stays exact near zero, where exp(x) - 1 loses all its digits. */
export function expm1({ graph, input }: KernelCall): Node {
  const x = input('x');
  const [half, one] = [graph.constant(0.5, [], x.dtype), graph.constant(1, [], x.dtype)];
  const sum = graph.binary('Add', graph.unary('Exp', x), one);
  return graph.binary('Mul', sum, graph.unary('Tanh', graph.binary('Mul', x, half)));
}

/** log(y) - ((y - 1) - x) / y with y = 1 + x as rounded: the second term corrects the rounding. */
export function log1p({ graph, input }: KernelCall): Node {
  const x = input('x');
  const one = graph.constant(1, [], x.dtype);
  const y = graph.binary('Add', x, one);
  const rounding = graph.binary('Sub', graph.binary('Sub', y, one), x);
  return graph.binary('Sub', graph.unary('Log', y), graph.binary('Div', rounding, y));
}

/** Derivative of elu from its value y: 1 above zero, y + 1 below. */
export function eluGrad({ graph, input }: KernelCall): Node {
  const y = input('y');
  const [zero, one] = [graph.constant(0, [], y.dtype), graph.constant(1, [], y.dtype)];
  return graph.binary('Mul', input('dy'), graph.binary('Add', graph.binary('Min', y, zero), one));
}

export function step({ graph, input, attribute }: KernelCall): Node {
  const x = input('x');
  const above = graph.cast(graph.binary('Greater', x, graph.constant(0, [], x.dtype)), x.dtype);
  const alpha = attribute<number | undefined>('alpha') ?? 0;
  if (alpha === 0) return above;
  const one = graph.constant(1, [], x.dtype);
  const below = graph.binary('Mul', graph.binary('Sub', one, above), graph.constant(alpha, [], x.dtype));
  return graph.binary('Add', above, below);
}
