import { HttpError } from './http-error.ts';

interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * Picks the offer that an Accept header prefers (RFC 9110, 12.5.1): the first on a tie or without a header.
 * Errors: not_acceptable.
 */
export function negotiate<const Offer extends string>(
  accept: string | undefined,
  offers: readonly [Offer, ...Offer[]],
): Offer {
  const ranges = parseAccept(accept ?? '*/*');
  const wanted = offers.map((offer) => ({ offer, quality: findQuality(offer, ranges) }));
  const best = wanted.reduce((one, other) => (other.quality > one.quality ? other : one));
  if (best.quality > 0) return best.offer;
  throw new HttpError('not_acceptable', {
    detail: `The answer is not available as ${(accept ?? '').slice(0, 200)}; available: ${offers.join(', ')}.`,
  });
}

/** Whether an Accept-Encoding header allows gzip. */
export function acceptsGzip(header: string | undefined): boolean {
  const codings = parseAccept(header ?? '');
  const decisive = codings.find(({ type }) => type === 'gzip') ?? codings.find(({ type }) => type === '*');
  return decisive !== undefined && decisive.quality > 0;
}

function parseAccept(accept: string): Range[] {
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
  });
}

/** The most specific range that matches the type decides. */
function findQuality(type: string, ranges: readonly Range[]): number {
  const family = `${type.split('/')[0] ?? ''}/*`;
  for (const candidate of [type, family, '*/*']) {
    const range = ranges.find((one) => one.type === candidate);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
