import { AppError } from '../../errors.ts';
import { openContents } from '../../store/contents/contents.ts';
import { checkValues } from '../inference/rows.ts';
import { drawImageGrid, findImageShape } from '../pictures/drawing/grid.ts';
import { enlarge, toPng } from '../pictures/drawing/raster.ts';
import { toBrightness } from '../pictures/pictured.ts';
import type { ApiOptions } from '../types.ts';
import { chooseRange } from './contents.ts';
import type { PreviewQuery } from './content-schemas.ts';

/** Images of a data set as one PNG. Errors: dataset_not_found, id_invalid, not_images, too_large, validation_failed. */
export async function drawPreview(
  api: ApiOptions,
  id: string,
  { from, count, zoom }: PreviewQuery,
): Promise<Buffer> {
  const contents = await openContents(api.store.datasets, id, { verify: false });
  try {
    const { record } = contents;
    const imageShape = findImageShape(record.row_shape);
    if (imageShape === null) throw AppError.of('not_images', { id, shape: record.row_shape.join(', ') });
    const range = chooseRange(record, { from, limit: count });
    checkValues('The picture', range.count * record.data_size, api.config.maxInferenceValues);
    const format = { ...imageShape, ...toBrightness(record.minimum, record.maximum) };
    const values = await contents.readValues(range);
    return toPng(enlarge(drawImageGrid({ values, format }), zoom));
  } finally {
    await contents.close();
  }
}
