import type { GraphBuilder, Node } from './ir.ts';

/** One call of a TensorFlow.js kernel. Inputs have the kernel's names; those of lists are '0', '1', ... */
export interface KernelCall {
  readonly graph: GraphBuilder;
  readonly input: (name: string) => Node;
  readonly inputs: readonly Node[];
  readonly attribute: <T>(name: string) => T;
}
