import { DATASETS } from './tables.js';

/** Models of the comparison, and everything that is asked of each. */

const NETWORK = { hidden_sizes: [16] };
export const SMALL = { latent_size: 2, encoder: NETWORK, decoder: NETWORK };
const SHORT = { epochs: 4, seed: 11 };
export const MODELS = [
  { name: 'mixed', dataset: 'vans', model: SMALL, training: SHORT },
  {
    name: 'mixed, best of many',
    dataset: 'vans',
    model: SMALL,
    training: { ...SHORT, epochs: 20, keep_checkpoints: 2 },
  },
  { name: 'gaussian', dataset: 'measurements', model: SMALL, training: SHORT },
  {
    name: 'laplace posterior',
    dataset: 'measurements',
    model: { ...SMALL, posterior: { family: 'laplace' } },
    training: SHORT,
  },
  { name: 'counts', dataset: 'counts', model: SMALL, training: SHORT },
  { name: 'bernoulli', dataset: 'images', model: SMALL, training: { ...SHORT, binarization: 'static' } },
  {
    name: 'wake_sleep',
    dataset: 'images',
    model: SMALL,
    training: { ...SHORT, algorithm: { name: 'wake_sleep' } },
  },
  { name: 'mcem', dataset: 'images', model: SMALL, training: { ...SHORT, algorithm: { name: 'mcem' } } },
  {
    name: 'full_vb',
    dataset: 'images',
    model: SMALL,
    training: { ...SHORT, algorithm: { name: 'full_vb' } },
  },
];

export async function trainModels(service) {
  const ids = {};
  const models = [];
  for (const { name, dataset, ...order } of MODELS) {
    ids[dataset] ??= (await upload(service, dataset)).id;
    const { model_id: id } = await service.train({ dataset_id: ids[dataset], ...order });
    models.push({
      name,
      dataset: ids[dataset],
      id,
      order,
      rows: name === 'mcem' ? null : DATASETS[dataset].rows,
    });
  }
  return models;
}

function upload(service, name) {
  const { create, type, query } = DATASETS[name];
  return service.call('POST', `/datasets?name=${name}${query}`, create(), type);
}

/** Answers by name. Models without an encoder have no rows to ask about. */
export async function collectAnswers(service, models) {
  const answers = {};
  for (const { name, id, rows } of models) {
    const model = { model_id: id };
    const ask = async (what, call) => (answers[`${name}: ${what}`] = await call);
    if (rows) {
      const about = { ...model, data: rows };
      await ask('encode', service.post('/encode', { ...about, samples: 2, seed: 5 }));
      await ask('elbo', service.post('/elbo', { ...about, samples: 5, seed: 5, by_column: true }));
      await ask('reconstruct', service.post('/reconstruct', about));
      // The path that earlier versions have; it is deprecated now.
      await ask(
        'log marginal likelihood',
        service.post('/log-likelihood', { ...about, samples: 50, seed: 5 }),
      );
    }
    await ask(
      'decode',
      service.post('/decode', {
        ...model,
        latents: [
          [0, 0],
          [1, -1],
        ],
      }),
    );
    await ask('samples', service.get(`/samples?model_id=${id}&count=4&seed=9`));
    await ask('drawn samples', service.get(`/samples?model_id=${id}&count=4&seed=9&draw=sample`));
    await ask('checkpoints', (await service.get(`/models/${id}`)).checkpoints);
  }
  return answers;
}
