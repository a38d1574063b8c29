import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMALL } from './models.js';

/** Kills the service while one training runs, another waits, and an evaluation has just been ordered. */
export async function interruptJobs(service, { id: evaluated, dataset }) {
  const training = { epochs: 400, seed: 3, minibatch_size: 20, checkpoint_every_epochs: 5 };
  const order = (epochs) => ({ dataset_id: dataset, model: SMALL, training: { ...training, epochs } });
  const jobs = [await service.post('/jobs', order(400)), await service.post('/jobs', order(10))];
  for (;;) {
    const { state, progress } = await service.get(`/jobs/${jobs[0].id}`);
    if (state === 'succeeded') throw new Error('the training ended before it could be interrupted');
    if (progress && progress.step > 0.2 * progress.total_steps) break;
    await sleep(20);
  }
  const measures = [{ name: 'elbo', samples: 3 }, { name: 'latents' }, { name: 'floors' }];
  const { id } = await service.post('/jobs', { type: 'evaluate', model_id: evaluated, measures });
  await service.kill();
  return { trainings: jobs.map((job) => ({ id: job.id, model: job.model_id })), evaluation: id };
}

/** Waits for the interrupted jobs: returns each training's bytes and bounds by epoch, and the evaluation's numbers. */
export async function finishJobs(service, { trainings, evaluation }, data) {
  const ends = [];
  for (const { id, model } of trainings) {
    const { state } = await service.waitForEnd(id);
    const { data: lines } = await service.get(`/models/${model}/metrics`);
    const bounds = lines.map((line) => [line.step, line.epoch, line.validation_elbo]);
    ends.push({ state, bounds, ...readNewestParameters(join(data, 'models', model, 'checkpoints')) });
  }
  const { elbo, floors, latents } = (await service.waitForEnd(evaluation)).result;
  return { trainings: ends, evaluation: { elbo, floors, latents } };
}

function readNewestParameters(checkpoints) {
  const step = readdirSync(checkpoints).sort().at(-1);
  const bytes = readFileSync(join(checkpoints, step, 'parameters.safetensors'));
  return { step, sha256: createHash('sha256').update(bytes).digest('hex') };
}
