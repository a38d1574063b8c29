const CAPACITY = 512;

/** Up to 512 evenly spaced values of a stream of unknown length, in its order. */
export class Sample {
  #values: number[];
  #stride: number;
  #skip: number;

  constructor(values: number[] = [], stride = 1, skip = 0) {
    this.#values = values;
    this.#stride = stride;
    this.#skip = skip;
  }

  add(value: number): void {
    if (this.#skip > 0) {
      this.#skip -= 1;
      return;
    }
    this.#skip = this.#stride - 1;
    this.#values.push(value);
    if (this.#values.length < CAPACITY) return;
    this.#values = this.#values.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
    this.#skip = this.#stride - 1;
  }

  copy(): Sample {
    return new Sample([...this.#values], this.#stride, this.#skip);
  }

  values(): readonly number[] {
    return this.#values;
  }

  /** NaN without values. */
  median(): number {
    const sorted = Float64Array.from(this.#values).sort();
    return sorted[sorted.length >> 1] ?? NaN;
  }
}
