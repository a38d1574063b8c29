import { ModelSpec, TrainingSpec } from '../../src/model/specification.ts';
import { compileCheck } from '../../src/validation.ts';

/** To compile one takes up to a second: once for all files that share a process. */
const checkModel = compileCheck(ModelSpec, 'the model');
const checkTraining = compileCheck(TrainingSpec, 'the training');

/** Specifications with their defaults filled in. */
export const modelSpec = (given: object = {}): ModelSpec => checkModel(structuredClone(given));
export const trainingSpec = (given: object = {}): TrainingSpec => checkTraining(structuredClone(given));
