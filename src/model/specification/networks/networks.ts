import type { Static, TProperties } from 'typebox';
import { taggedOrDefault } from '../schema.ts';
import type { NetworkDescription, NetworkEnds, NetworkRules, Shapes } from './description.ts';
import { mlp } from './mlp.ts';

/** Every network for encoders and decoders. */
export const NETWORKS = { mlp } as const satisfies Readonly<Record<string, NetworkDescription>>;

type Networks = typeof NETWORKS;
export type NetworkName = keyof Networks;

const fields = Object.fromEntries(
  Object.entries(NETWORKS).map(([name, network]): [string, TProperties] => [name, network.fields]),
) as { readonly [Name in NetworkName]: Networks[Name]['fields'] };

const DEFAULT_NETWORK: NetworkName = 'mlp';

/** A network without a name is an `mlp`: records written before networks had names have none. */
export const Network = taggedOrDefault('Network', 'name', fields, DEFAULT_NETWORK);
export type NetworkSpec = Static<typeof Network>;
export type NetworkOf<Name extends NetworkName> = Extract<NetworkSpec, { name: Name }>;

function rulesOf({ name }: NetworkSpec): NetworkRules<NetworkSpec> {
  return NETWORKS[name].rules;
}

export const networkShapes = (spec: NetworkSpec, ends: NetworkEnds): Shapes =>
  rulesOf(spec).shapes(spec, ends);

export const countUnits = (spec: NetworkSpec, ends: NetworkEnds): number =>
  rulesOf(spec).countUnits(spec, ends);
