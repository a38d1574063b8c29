import type { Tensor } from '@tensorflow/tfjs';
import type { Tensors } from '../runtime/runtime.ts';
import type { NetworkEnds } from '../specification/networks/description.ts';
import type { NetworkName, NetworkOf, NetworkSpec } from '../specification.ts';
import { mlp } from './mlp.ts';

/**
 * x [rows, size of the input] -> [rows, size of the output]. Parameters have the names of the description's shapes; `ends`
 * has the shapes of a row's input and output.
 */
export type Apply<Spec> = (spec: Spec, parameters: Tensors, x: Tensor, ends: NetworkEnds) => Tensor;

const NETWORKS: { readonly [Name in NetworkName]: Apply<NetworkOf<Name>> } = { mlp };

export const applyNetwork: Apply<NetworkSpec> = (spec, parameters, x, ends) =>
  NETWORKS[spec.name](spec, parameters, x, ends);
