import type { Readable } from 'node:stream';
import { reportUnsupportedMedia } from '../http/errors.ts';
import { UPLOAD_TYPES } from '../http/media.ts';
import { watchClient } from '../http/watch-client.ts';
import { createDataset, getDataset, listDatasets } from './datasets.ts';
import { ById, PageQuery, addDescription, definePage } from '../http/schemas.ts';
import { Dataset, DatasetDetails, UploadBody, UploadQuery } from './schemas.ts';
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
        description: 'The body is the file itself. It is checked and stored while it arrives.',
        tags,
        querystring: UploadQuery,
        body: UploadBody,
        response: { 201: addDescription(DatasetDetails, 'The data set, stored.') },
      },
    },
    async (request, reply) => {
      const source = request.body as Readable | undefined;
      const dataset = await createDataset(api, source, request.query, watchClient(reply.raw));
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

/** Files are passed on as streams; any other media type, JSON included, is refused. */
function acceptFiles(app: App): void {
  const allowed: readonly string[] = UPLOAD_TYPES;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, payload, done) => {
    const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    if (type === undefined || allowed.includes(type)) done(null, payload);
    else done(reportUnsupportedMedia(request));
  });
}
