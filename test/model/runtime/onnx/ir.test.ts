import { describe, expect, it } from 'vitest';
import { broadcastShapes, GraphBuilder } from '../../../../src/model/runtime/onnx/ir.ts';

function builder() {
  const graph = new GraphBuilder();
  const x = graph.input('x', [2, 3], 'float32');
  const y = graph.input('y', [2, 3], 'float32');
  const constant = (value: number, shape: readonly number[] = []) => graph.constant(value, shape, 'float32');
  return { graph, x, y, constant };
}

describe('GraphBuilder', () => {
  it('makes the same operation on the same inputs once', () => {
    const { graph, x, y } = builder();
    const first = graph.binary('Add', graph.unary('Tanh', x), y);
    const last = graph.input('z', [1], 'float32').id;
    expect(graph.binary('Add', graph.unary('Tanh', x), y)).toBe(first);
    expect(graph.input('w', [1], 'float32').id).toBe(last + 1);
  });

  it('folds constants', () => {
    const { graph, constant } = builder();
    const sum = graph.binary('Mul', graph.binary('Add', constant(2), constant(3)), constant(0.5));
    expect(graph.unary('Sqrt', graph.binary('Add', sum, constant(1.5)))).toBe(constant(2));
  });

  it.each([
    { what: 'x * 1', op: 'Mul', value: 1 },
    { what: 'x / 1', op: 'Div', value: 1 },
    { what: 'x + 0', op: 'Add', value: 0 },
    { what: 'x - 0', op: 'Sub', value: 0 },
  ])('sees that $what is x', ({ op, value }) => {
    const { graph, x, constant } = builder();
    expect(graph.binary(op, x, constant(value, [2, 3]))).toBe(x);
  });

  it('keeps the shape of what it simplifies', () => {
    const { graph, x, constant } = builder();
    expect(graph.binary('Add', graph.reshape(x, [1, 2, 3]), constant(0, [4, 1, 1])).shape).toEqual([4, 2, 3]);
    expect(graph.binary('Mul', x, constant(0))).toBe(constant(0, [2, 3]));
  });

  it('joins constant factors and reshapes', () => {
    const { graph, x, constant } = builder();
    const scaled = graph.binary('Mul', graph.binary('Mul', x, constant(2)), constant(3));
    expect(scaled).toBe(graph.binary('Mul', x, constant(6)));
    expect(graph.reshape(graph.reshape(x, [6]), [3, 2])).toBe(graph.reshape(x, [3, 2]));
    expect(graph.reshape(graph.reshape(x, [6]), [2, 3])).toBe(x);
  });

  it('tells constants apart by shape and values', () => {
    const { graph, constant } = builder();
    expect(constant(1, [2])).not.toBe(constant(1, [3]));
    expect(graph.constant([1, 1], [2], 'float32')).toBe(constant(1, [2]));
    expect(graph.constant([1, 2], [2], 'float32').values).toEqual([1, 2]);
  });
});

describe('broadcastShapes', () => {
  it('names both shapes where they do not fit', () => {
    expect(broadcastShapes([3, 1], [2, 1, 4])).toEqual([2, 3, 4]);
    expect(() => broadcastShapes([2, 3], [4])).toThrow('shapes [2, 3] and [4] do not broadcast');
  });
});
