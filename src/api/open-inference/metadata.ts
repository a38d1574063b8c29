import { readFileSync } from 'node:fs';
import { AppError } from '../../errors.ts';
import type { ModelRecord } from '../../store/models.ts';
import type { ApiOptions } from '../types.ts';
import type { InferenceTarget } from './infer.ts';
import type { ModelConfiguration, ModelMetadata } from './schemas.ts';
import { describeTensors, type TensorDescription } from './signature.ts';

/** Those that servers of the protocol name. */
export const EXTENSIONS = ['binary_tensor_data', 'model_configuration'];

/** The version in package.json. */
export function readServiceVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Errors: model_not_found, checkpoint_not_found; validation_failed as for describeTensors. */
export async function describeModel(api: ApiOptions, target: InferenceTarget): Promise<ModelMetadata> {
  const { record, steps } = await findVersions(api, target);
  const { inputs, outputs } = describeTensors(record);
  return {
    name: record.id,
    versions: steps.map(String),
    platform: 'aevb',
    inputs: inputs.map(describeTensor),
    outputs: outputs.map(describeTensor),
  };
}

/** What perf_analyzer asks for: the first axis is the batch. Errors: as for describeModel. */
export async function configureModel(api: ApiOptions, target: InferenceTarget): Promise<ModelConfiguration> {
  const { record } = await findVersions(api, target);
  const { inputs, outputs } = describeTensors(record);
  const largest = Math.max(record.data_size, 2 * record.model.latent_size);
  return {
    name: record.id,
    platform: 'aevb',
    max_batch_size: Math.max(1, Math.floor(api.config.maxInferenceValues / largest)),
    input: inputs.map((tensor) => ({ ...configureTensor(tensor), optional: true })),
    output: outputs.map(configureTensor),
  };
}

/** Errors: model_not_found, checkpoint_not_found, model_not_ready. */
export async function checkModelReady(
  api: ApiOptions,
  target: InferenceTarget,
): Promise<{ name: string; ready: true }> {
  const { record, steps } = await findVersions(api, target);
  if (steps.length === 0) throw AppError.of('model_not_ready', { id: record.id });
  return { name: record.id, ready: true };
}

async function findVersions(
  api: ApiOptions,
  { id, version }: InferenceTarget,
): Promise<{ record: ModelRecord; steps: number[] }> {
  const record = await api.store.models.get(id);
  const steps = (await api.store.models.listCheckpoints(id)).map(({ step }) => step);
  if (version !== undefined && !steps.includes(version))
    throw AppError.of('checkpoint_not_found', { id, step: version });
  return { record, steps };
}

const describeTensor = ({ name, datatype, rowShape }: TensorDescription<string>) => ({
  name,
  datatype,
  shape: [-1, ...rowShape],
});

const configureTensor = ({ name, datatype, rowShape }: TensorDescription<string>) => ({
  name,
  data_type: `TYPE_${datatype}`,
  dims: rowShape.length === 0 ? [1] : [...rowShape],
});
