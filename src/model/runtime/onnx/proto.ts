import Pbf from 'pbf';
import { ONNX_TYPES, type Attributes, type IrType } from './ir.ts';

/** The part of ONNX's ModelProto that the emitter writes (field numbers of onnx.proto, IR version 8, opset 17). */
export interface ValueProto {
  readonly name: string;
  readonly dtype: IrType;
  /** A string is a free dimension. */
  readonly shape: readonly (number | string)[];
}
export interface TensorProto {
  readonly name: string;
  readonly dtype: IrType;
  readonly shape: readonly number[];
  readonly values: readonly number[] | Float32Array;
}
export interface NodeProto {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Attributes;
  readonly subgraphs?: Readonly<Record<string, GraphProto>>;
}
export interface GraphProto {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly ValueProto[];
  readonly outputs: readonly ValueProto[];
  readonly constants: readonly TensorProto[];
}

const IR_VERSION = 8;
const OPSET = 17;
const ATTRIBUTE = { float: 1, int: 2, graph: 5, ints: 7 } as const;
const FLOAT_ATTRIBUTES: ReadonlySet<string> = new Set(['alpha', 'beta']);

export function encodeModel(graph: GraphProto): Uint8Array {
  const pbf = new Pbf();
  pbf.writeVarintField(1, IR_VERSION);
  pbf.writeStringField(2, 'aevb');
  pbf.writeMessage(7, writeGraph, graph);
  pbf.writeMessage(
    8,
    (opset: number, out: Pbf) => {
      out.writeStringField(1, '');
      out.writeVarintField(2, opset);
    },
    OPSET,
  );
  return pbf.finish();
}

function writeGraph(graph: GraphProto, pbf: Pbf): void {
  graph.nodes.forEach((node) => {
    pbf.writeMessage(1, writeNode, node);
  });
  pbf.writeStringField(2, graph.name);
  graph.constants.forEach((tensor) => {
    pbf.writeMessage(5, writeTensor, tensor);
  });
  graph.inputs.forEach((value) => {
    pbf.writeMessage(11, writeValue, value);
  });
  graph.outputs.forEach((value) => {
    pbf.writeMessage(12, writeValue, value);
  });
}

function writeNode(node: NodeProto, pbf: Pbf): void {
  node.inputs.forEach((name) => {
    pbf.writeStringField(1, name);
  });
  node.outputs.forEach((name) => {
    pbf.writeStringField(2, name);
  });
  pbf.writeStringField(3, node.outputs[0] ?? node.op);
  pbf.writeStringField(4, node.op);
  Object.entries(node.attributes ?? {}).forEach((attribute) => {
    pbf.writeMessage(5, writeAttribute, attribute);
  });
  Object.entries(node.subgraphs ?? {}).forEach((subgraph) => {
    pbf.writeMessage(5, writeSubgraph, subgraph);
  });
}

function writeAttribute([name, value]: [string, number | readonly number[]], pbf: Pbf): void {
  pbf.writeStringField(1, name);
  if (typeof value !== 'number') {
    value.forEach((item) => {
      pbf.writeVarintField(8, item);
    });
    pbf.writeVarintField(20, ATTRIBUTE.ints);
  } else if (FLOAT_ATTRIBUTES.has(name)) {
    pbf.writeFloatField(2, value);
    pbf.writeVarintField(20, ATTRIBUTE.float);
  } else {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, ATTRIBUTE.int);
  }
}

function writeSubgraph([name, graph]: [string, GraphProto], pbf: Pbf): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(6, writeGraph, graph);
  pbf.writeVarintField(20, ATTRIBUTE.graph);
}

function writeTensor(tensor: TensorProto, pbf: Pbf): void {
  tensor.shape.forEach((axis) => {
    pbf.writeVarintField(1, axis);
  });
  pbf.writeVarintField(2, ONNX_TYPES[tensor.dtype]);
  pbf.writeStringField(8, tensor.name);
  pbf.writeBytesField(9, toBytes(tensor));
}

function toBytes({ dtype, values }: TensorProto): Uint8Array {
  const make: Record<IrType, () => ArrayBufferView> = {
    float32: () => Float32Array.from(values),
    int32: () => Int32Array.from(values),
    int64: () => BigInt64Array.from(values as readonly number[], BigInt),
    bool: () => Uint8Array.from(values),
    uint8: () => Uint8Array.from(values),
  };
  const array = make[dtype]();
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function writeValue(value: ValueProto, pbf: Pbf): void {
  pbf.writeStringField(1, value.name);
  pbf.writeMessage(2, writeType, value);
}

function writeType(value: ValueProto, pbf: Pbf): void {
  pbf.writeMessage(
    1,
    (tensor: ValueProto, out: Pbf) => {
      out.writeVarintField(1, ONNX_TYPES[tensor.dtype]);
      out.writeMessage(2, writeShape, tensor.shape);
    },
    value,
  );
}

function writeShape(shape: readonly (number | string)[], pbf: Pbf): void {
  shape.forEach((axis) => {
    pbf.writeMessage(
      1,
      (extent: number | string, out: Pbf) => {
        if (typeof extent === 'number') out.writeVarintField(1, extent);
        else out.writeStringField(2, extent);
      },
      axis,
    );
  });
}
