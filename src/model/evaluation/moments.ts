/** Running mean and variance (Welford). */
export class Moments {
  #count = 0;
  #mean = 0;
  #squares = 0;

  static of(values: ArrayLike<number>): Moments {
    const moments = new Moments();
    for (let i = 0; i < values.length; i++) moments.add(values[i] ?? NaN);
    return moments;
  }

  add(value: number): void {
    this.#count += 1;
    const before = value - this.#mean;
    this.#mean += before / this.#count;
    this.#squares += before * (value - this.#mean);
  }

  get count(): number {
    return this.#count;
  }

  get mean(): number {
    return this.#count === 0 ? NaN : this.#mean;
  }

  /** Unbiased; NaN for fewer than two numbers. */
  get variance(): number {
    return this.#count < 2 ? NaN : this.#squares / (this.#count - 1);
  }

  /** Standard error of the mean; NaN for fewer than two numbers. */
  get standardError(): number {
    return Math.sqrt(this.variance / this.#count);
  }
}
