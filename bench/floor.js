import * as tf from '@tensorflow/tfjs';

const [D, H, J] = [784, 500, 20];
const float = (shape) => ({ shape, dtype: 'float32' });

/** Compiles only the matrix products of a training step, forward and backward, on the same runtime. */
export async function compileFloor(runtime, rows) {
  const scan = await runtime.compileScan({
    state: { first: float([D, H]), head: float([H, 2 * J]), back: float([J, H]), last: float([H, D]) },
    slices: { x: float([rows, D]) },
    step: ({ first, head, back, last }, { x }) => {
      // The factor merges into the product, so it costs nothing, and keeps the numbers small.
      const product = (a, b, transposeA, transposeB) => tf.mul(tf.matMul(a, b, transposeA, transposeB), 1e-3);
      const h = product(x, first);
      const posterior = product(h, head);
      const z = tf.slice(posterior, [0, 0], [rows, J]);
      const d = product(z, back);
      const y = product(d, last);
      const dd = product(y, last, false, true);
      const dz = product(dd, back, false, true);
      const dPosterior = tf.concat([dz, dz], 1);
      const dh = product(dPosterior, head, false, true);
      const state = {
        first: product(x, dh, true),
        head: product(h, dPosterior, true),
        back: product(z, dd, true),
        last: product(d, y, true),
      };
      return { state, observe: () => ({}) };
    },
  });
  const filled = (shape) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.1) });
  const shapes = { first: [D, H], head: [H, 2 * J], back: [J, H], last: [H, D] };
  let state = await scan.start(
    Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, filled(shape)])),
  );
  return async (steps) => {
    const result = await scan.run(state, { x: filled([steps, rows, D]) }, new Array(steps).fill(false));
    state = result.state;
  };
}
