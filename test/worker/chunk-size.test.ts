import { describe, expect, it } from 'vitest';
import { ChunkSize } from '../../src/worker/training/chunk-size.ts';
import { Rate } from '../../src/worker/training/rate.ts';

describe('the size of a chunk', () => {
  it('grows at most fourfold at a time until a chunk takes a quarter of a second', () => {
    const chunk = new ChunkSize(1000);
    const sizes: number[] = [];
    for (let i = 0; i < 6; i++) {
      sizes.push(chunk.steps);
      chunk.record(chunk.steps, chunk.steps * 0.5);
    }
    expect(sizes).toEqual([8, 32, 128, 500, 500, 500]);
  });

  it('shrinks at once, down to one step', () => {
    const chunk = new ChunkSize(1000);
    chunk.record(8, 1000);
    expect(chunk.steps).toBe(2);
    chunk.record(2, 10_000);
    expect(chunk.steps).toBe(1);
  });

  it('never asks for more input than its buffer holds', () => {
    const chunk = new ChunkSize(2 ** 20);
    for (let i = 0; i < 10; i++) chunk.record(chunk.steps, 0);
    expect(chunk.steps).toBe(32);
    expect(new ChunkSize(2 ** 23).steps).toBe(4);
    expect(new ChunkSize(2 ** 40).steps).toBe(1);
  });

  it('learns from short chunks, as the last ones of epochs are', () => {
    const chunk = new ChunkSize(1000);
    chunk.record(1, 1);
    expect(chunk.steps).toBe(4);
  });
});

describe('the rate', () => {
  it('is 0 before the first chunk, then rows by time over the last twenty', () => {
    const rate = new Rate();
    expect(rate.rowsPerSecond).toBe(0);
    rate.record(100, 50);
    rate.record(100, 150);
    expect(rate.rowsPerSecond).toBe(1000);
    for (let i = 0; i < 20; i++) rate.record(10, 100);
    expect(rate.rowsPerSecond).toBe(100);
  });
});
