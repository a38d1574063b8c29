import type { Readable } from 'node:stream';
import Type from 'typebox';
import { reportUnsupportedMedia } from '../http/errors.ts';
import { ChosenRoles } from '../../store/records/dataset-record.ts';
import { toMediaType, UPLOAD_TYPES } from '../http/media.ts';
import { watchClient } from '../http/watch-client.ts';
import { deleteDataset } from './delete-dataset.ts';
import { changeRoles, createDataset, getDataset, listDatasets } from './datasets.ts';
import { ById, PageQuery, addDescription, definePage } from '../http/schemas.ts';
import { ChangeQuery, Dataset, DatasetDetails, UploadBody, UploadQuery } from './schemas.ts';
import type { ApiOptions, App } from '../types.ts';

const tags = ['datasets'];

export function datasetRoutes(app: App, api: ApiOptions): void {
  acceptFiles(app);

  app.post(
    '/datasets',
    {
      config: { work: true, needs: ['store', 'space'], upload: true },
      schema: {
        operationId: 'uploadDataset',
        summary: 'Upload a data set',
        description:
          'The body is the file itself, or a form with it (`curl -F file=@orders.csv`). It is stored as it arrives and then read; one answer lists every problem of the file.',
        tags,
        querystring: UploadQuery,
        body: UploadBody,
        response: { 201: addDescription(DatasetDetails, 'The data set, stored.') },
      },
    },
    async (request, reply) => {
      const source = request.body as Readable | undefined;
      const client = { headers: request.headers, signal: watchClient(reply.raw) };
      const dataset = await createDataset(api, source, request.query, client);
      return reply.code(201).header('location', `/datasets/${dataset.id}`).send(dataset);
    },
  );

  app.get(
    '/datasets',
    {
      config: { needs: ['store'] },
      schema: {
        operationId: 'listDatasets',
        summary: 'List data sets: built-in ones first, then by age, newest last',
        tags,
        querystring: PageQuery,
        response: { 200: addDescription(definePage(Dataset), 'A page of data sets.') },
      },
    },
    async (request) => listDatasets(api, request.query),
  );

  app.get(
    '/datasets/:id',
    {
      config: { needs: ['store', 'space'] },
      schema: {
        operationId: 'getDataset',
        summary: 'Get a data set, a profile of its values and the likelihood that suits them',
        tags,
        params: ById,
        response: { 200: addDescription(DatasetDetails, 'The data set.') },
      },
    },
    async (request) => getDataset(api, request.params.id),
  );
}

/** Apart from the routes above, because no body here is a file. */
export function columnRoutes(app: App, api: ApiOptions): void {
  app.post(
    '/datasets/:id/columns',
    {
      config: { work: true, needs: ['store', 'space', 'state'] },
      schema: {
        operationId: 'changeRoles',
        summary: 'Make a data set with other column roles from the same upload',
        description:
          'The body names roles by column; all others are detected again. The data set itself does not change, because models refer to it.',
        tags,
        params: ById,
        querystring: ChangeQuery,
        body: ChosenRoles,
        response: { 201: addDescription(DatasetDetails, 'The new data set.') },
      },
    },
    async (request, reply) => {
      const change = { ...request.query, columns: request.body };
      const dataset = await changeRoles(api, request.params.id, change, watchClient(reply.raw));
      return reply.code(201).header('location', `/datasets/${dataset.id}`).send(dataset);
    },
  );

  app.delete(
    '/datasets/:id',
    {
      config: { needs: ['store', 'queue', 'state'] },
      schema: {
        operationId: 'deleteDataset',
        summary: 'Delete a data set and its files',
        description:
          'Refused while a queued or running job reads it. Models that were trained on it stay and answer as before, except for what needs its rows.',
        tags,
        params: ById,
        response: { 204: Type.Null({ description: 'Deleted.' }) },
      },
    },
    async (request, reply) => {
      await deleteDataset(api, request.params.id);
      return reply.code(204).send(null);
    },
  );
}

/** Files are passed on as streams; any other media type is refused. */
function acceptFiles(app: App): void {
  const allowed: readonly string[] = UPLOAD_TYPES;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, payload, done) => {
    const type = toMediaType(request.headers['content-type']);
    if (type === undefined || allowed.includes(type)) done(null, payload);
    else done(reportUnsupportedMedia(request));
  });
}
