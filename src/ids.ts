import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_DIGITS = 10;
const RANDOM_DIGITS = 16;

/** Every request has an id: bytes are drawn from the system for many at a time. */
const POOL_BYTES = 4096;
let [pool, used] = [new Uint8Array(), 0];

export type IdPrefix = 'job' | 'model' | 'ds' | 'req';

/** `prefix_` + 10 digits of milliseconds + 16 random digits, base 32: ids of one prefix sort by creation time. */
export function createId(prefix: IdPrefix, now: number = Date.now()): string {
  let time = '';
  for (let rest = now, i = 0; i < TIME_DIGITS; i++, rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time;
  }
  if (used + RANDOM_DIGITS > pool.length) [pool, used] = [randomBytes(POOL_BYTES), 0];
  let random = '';
  for (const end = used + RANDOM_DIGITS; used < end; used++)
    random += ALPHABET.charAt((pool[used] ?? 0) % 32);
  return `${prefix}_${time}${random}`;
}

/** The JSON schema pattern of ids with this prefix. */
export function formatIdPattern(prefix: IdPrefix): string {
  return `^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`;
}
