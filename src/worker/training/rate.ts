/** Rows per second over the last chunks. */
export class Rate {
  readonly #chunks: { rows: number; ms: number }[] = [];

  record(rows: number, ms: number): void {
    this.#chunks.push({ rows, ms });
    if (this.#chunks.length > 20) this.#chunks.shift();
  }

  get rowsPerSecond(): number {
    const rows = this.#chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    const ms = this.#chunks.reduce((sum, chunk) => sum + chunk.ms, 0);
    return ms === 0 ? 0 : (rows / ms) * 1000;
  }
}
