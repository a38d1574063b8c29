import { PNG_TYPE } from '../http/media.ts';
import { addDescription, ById } from '../http/schemas.ts';
import type { ApiOptions, App } from '../types.ts';
import {
  DatasetStatistics,
  DOWNLOAD_ANSWER,
  DownloadQuery,
  PREVIEW_ANSWER,
  PreviewQuery,
  ROWS_ANSWER,
  RowsQuery,
} from './content-schemas.ts';
import { downloadDataset, readDatasetRows } from './contents.ts';
import { describeAttachment } from '../http/content-disposition.ts';
import { drawPreview } from './preview.ts';
import { getStatistics } from './statistics.ts';

const tags = ['datasets'];

export function contentRoutes(app: App, api: ApiOptions): void {
  app.get(
    '/datasets/:id/rows',
    {
      config: { work: true, needs: ['store', 'space', 'size'] },
      schema: {
        operationId: 'getRows',
        summary: 'Get rows of a data set, with the words and units of its columns',
        tags,
        params: ById,
        querystring: RowsQuery,
        response: { 200: ROWS_ANSWER },
      },
    },
    async (request, reply) => {
      const { params, query, headers } = request;
      const { type, content, next } = await readDatasetRows(api, params.id, query, headers.accept);
      if (next !== null) reply.header('link', `<?${next}>; rel="next"`);
      return reply.type(type).header('vary', 'accept').send(content);
    },
  );

  app.get(
    '/datasets/:id/download',
    {
      config: { work: true, needs: ['store', 'space', 'state'] },
      // Fastify would make the whole file to answer HEAD.
      exposeHeadRoute: false,
      schema: {
        operationId: 'downloadDataset',
        summary: 'Download a whole data set',
        description: 'The file is written while it is sent, however large it is.',
        tags,
        params: ById,
        querystring: DownloadQuery,
        response: { 200: DOWNLOAD_ANSWER },
      },
    },
    async (request, reply) => {
      const { type, content, filename, bytes } = await downloadDataset(
        api,
        request.params.id,
        request.query.format,
      );
      if (bytes !== null) reply.header('content-length', bytes);
      return reply.type(type).header('content-disposition', describeAttachment(filename)).send(content);
    },
  );

  app.get(
    '/datasets/:id/statistics',
    {
      config: { needs: ['store', 'space'] },
      schema: {
        operationId: 'getStatistics',
        summary: 'Get the statistics of each column of a data set',
        description: 'From what was found when the data set was uploaded; test rows have no part in it.',
        tags,
        params: ById,
        response: { 200: addDescription(DatasetStatistics, 'Statistics by column.') },
      },
    },
    async (request) => getStatistics(api, request.params.id),
  );

  app.get(
    '/datasets/:id/preview',
    {
      config: { work: true, needs: ['store', 'space', 'size', 'state'] },
      schema: {
        operationId: 'previewDataset',
        summary: 'Show images of a data set as a PNG grid',
        tags,
        params: ById,
        querystring: PreviewQuery,
        response: { 200: PREVIEW_ANSWER },
      },
    },
    async (request, reply) => {
      return reply.type(PNG_TYPE).send(await drawPreview(api, request.params.id, request.query));
    },
  );
}
