import { AppError } from '../../errors.ts';

/** Reads a stream of bytes piece by piece and buffers no more than `peek` needs. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #ahead: Buffer = Buffer.alloc(0);
  #offset = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** Bytes taken so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Returns the next `count` bytes, or fewer if the stream ends, without taking them. */
  async peek(count: number): Promise<Buffer> {
    while (this.#ahead.length < count) {
      const next = await this.#pieces.next();
      if (next.done === true) break;
      this.#ahead = Buffer.concat([this.#ahead, next.value]);
    }
    return this.#ahead.subarray(0, count);
  }

  /** Exactly the next `count` bytes. Errors: data_invalid. */
  async take(count: number, what: string): Promise<Buffer> {
    const bytes = await this.peek(count);
    if (bytes.length < count) throw truncated(this.#offset + bytes.length, `${count} bytes of ${what}`);
    this.#ahead = this.#ahead.subarray(count);
    this.#offset += count;
    return bytes;
  }

  /** All bytes from here on; ending the loop early closes the source. */
  async *rest(): AsyncGenerator<Uint8Array> {
    try {
      for (let piece: Uint8Array = this.#ahead; ;) {
        this.#ahead = Buffer.alloc(0);
        this.#offset += piece.length;
        if (piece.length > 0) yield piece;
        const next = await this.#pieces.next();
        if (next.done === true) return;
        piece = next.value;
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}

export const truncated = (offset: number, allowed: string): AppError =>
  AppError.of('data_invalid', { where: `byte ${offset}`, found: 'the end of the data', allowed });
