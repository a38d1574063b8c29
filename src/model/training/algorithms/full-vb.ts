import * as tf from '@tensorflow/tfjs';
import type { Scalar } from '@tensorflow/tfjs';
import { klFromStandardNormal } from '../../distributions/diagonal-gaussian.ts';
import { createEstimator } from '../../estimators/estimators.ts';
import { addPrefix, fillNamed, getNamed, selectNamed } from '../../named-arrays.ts';
import { countElements, type Tensors } from '../../runtime/runtime.ts';
import { estimatorOf, type AlgorithmSpec } from '../../specification.ts';
import { POSTERIOR_STREAMS } from './aevb.ts';
import { observed, type Algorithm, type AlgorithmContext, type StepInput } from './algorithm.ts';
import { noiseNamed, noiseSpecs, type NoiseSpec } from './noise.ts';

const LOG_VARIANCE = 'log_variance.';
/** The posterior over a parameter starts narrow, so that the first draws are close to the initial network. */
const INITIAL_LOG_VARIANCE = Math.log(1e-4);
const NOISE = 'parameter_noise';

/**
 * Appendix F: a posterior over the decoder's parameters too, theta = mean + standard deviation * noise, one draw per step. The
 * loss is minus eq. 24 divided by N; q(theta) is a diagonal Gaussian, p(theta) is N(0, s^2 I). Means have the parameters'
 * own names (they answer requests), log variances have `log_variance.` names.
 */
export function fullVb(
  { vae, training, minibatchSize, datasetSize }: AlgorithmContext,
  { prior_standard_deviation: prior }: Extract<AlgorithmSpec, { name: 'full_vb' }>,
): Algorithm {
  const names = Object.keys(vae.shapes).filter((name) => name.startsWith('decoder.'));
  const shapeOf = (name: string) => vae.shapes[name] ?? [];
  const spreads = addPrefix(selectNamed(vae.shapes, names), LOG_VARIANCE);
  const count = names.reduce((sum, name) => sum + countElements(shapeOf(name)), 0);
  const estimator = createEstimator(estimatorOf(training, vae.klDivergence !== null));
  const leading = [training.samples_per_datapoint, minibatchSize];
  const parameterNoise: NoiseSpec = { kind: 'normal', shape: [count], stream: 'parameterNoise' };
  const estimate = (parameters: Tensors, { x, noise, klWeight }: StepInput) =>
    estimator({
      vae,
      parameters: { ...parameters, ...drawn(names, parameters, noise) },
      x,
      noise: noiseNamed(noise, 'posterior'),
      ...(klWeight ? { klWeight } : {}),
    });
  const parameterKl = (parameters: Tensors) =>
    tf.div<Scalar>(parameterDivergence(names, parameters, prior), datasetSize);
  return {
    shapes: { ...vae.shapes, ...spreads },
    initial: fillNamed(spreads, INITIAL_LOG_VARIANCE),
    noise: {
      ...noiseSpecs('posterior', vae.noise.posterior, leading, POSTERIOR_STREAMS),
      [NOISE]: parameterNoise,
    },
    updatesPerStep: 1,
    chain: null,
    loss: (parameters, input) =>
      tf.sub(parameterKl(parameters), tf.mean<Scalar>(estimate(parameters, input).surrogate)),
    observe(parameters, input) {
      const terms = observed(estimate(parameters, input));
      return { ...terms, objective: tf.sub(terms.objective, parameterKl(parameters)) };
    },
  };
}

/** theta = mean + exp(log variance / 2) * noise. */
function drawn(names: readonly string[], parameters: Tensors, noise: Tensors): Tensors {
  let offset = 0;
  const entries = names.map((name) => {
    const [mean, logVariance] = gaussianOf(name, parameters);
    const epsilon = tf.slice(noise[NOISE] as tf.Tensor1D, [offset], [mean.size]);
    offset += mean.size;
    const deviation = tf.exp(tf.mul(logVariance, 0.5));
    return [name, tf.add(mean, tf.mul(deviation, tf.reshape(epsilon, mean.shape)))] as const;
  });
  return Object.fromEntries(entries);
}

/** KL(q(theta) || N(0, s^2 I)), summed over all parameters. */
function parameterDivergence(names: readonly string[], parameters: Tensors, prior: number): Scalar {
  const terms = names.map((name) => {
    const [mean, logVariance] = gaussianOf(name, parameters).map((tensor) => tf.reshape(tensor, [-1]));
    if (!mean || !logVariance) throw new RangeError(`parameter ${name} is missing`);
    return klFromStandardNormal({
      mean: tf.div(mean, prior),
      logVariance: tf.sub(logVariance, 2 * Math.log(prior)),
    });
  });
  return tf.addN(terms) as Scalar;
}

function gaussianOf(name: string, parameters: Tensors): [tf.Tensor, tf.Tensor] {
  return [getNamed(parameters, name), getNamed(parameters, LOG_VARIANCE + name)];
}
