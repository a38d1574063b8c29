import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundJson } from '../../src/api/http/json-bounds.ts';
import { buildTestApi, problemOf } from '../support/api.ts';

const bounds = { depth: 3, containers: 5 };
const looked = (text: string, cut = text.length) => {
  const look = boundJson(bounds);
  const bytes = Buffer.from(text);
  return () => {
    look(bytes.subarray(0, cut));
    look(bytes.subarray(cut));
  };
};

describe('the bounds of a JSON body', () => {
  it.each([
    ['flat', '[1,2,3]'],
    ['as deep as allowed', '{"a":[{"b":1}]}'],
    ['as many as allowed', '[[],[],[],{}]'],
    ['brackets in a string', `"${'['.repeat(20)}"`],
    ['brackets after an escaped quote', `["\\"${'['.repeat(20)}","\\\\",[]]`],
  ])('let through what is %s', (_name, text) => {
    for (let cut = 0; cut <= text.length; cut++) expect(looked(text, cut)).not.toThrow();
  });

  it.each([
    ['too deep', '[[[[]]]]', /nesting of the body.* 3 levels/],
    ['too many', '[[],[],[],[],{}]', /body.* 5 arrays and objects/],
    ['too deep after a string that ends in a backslash', '"\\\\"[[[[', /nesting/],
  ])('refuse what is %s', (_name, text, message) => {
    for (let cut = 0; cut <= text.length; cut++) expect(looked(text, cut)).toThrow(message);
  });

  it('see the same depth as a parser does', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? 1 + Math.max(0, ...Object.values(value).map((child) => depthOf(child)))
        : 0;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const depth = depthOf(value);
        const bytes = Buffer.from(JSON.stringify(value));
        expect(() => {
          boundJson({ depth, containers: 1e6 })(bytes);
        }).not.toThrow();
        if (depth > 0)
          expect(() => {
            boundJson({ depth: depth - 1, containers: 1e6 })(bytes);
          }).toThrow('nesting');
      }),
    );
  });
});

describe('request bodies', () => {
  it('of nothing but brackets are refused', async () => {
    const api = await buildTestApi();
    const headers = { 'content-type': 'application/json' };
    const response = await api.call({
      method: 'POST',
      url: '/encode',
      headers,
      payload: '['.repeat(100_000),
    });
    expect(problemOf(response)).toMatchObject({ status: 413, code: 'too_large' });
  });

  it('are refused where all of them together take too much memory, and taken again afterwards', async () => {
    const api = await buildTestApi({ maxBodiesBytes: 1024 });
    const payload = { dataset_id: 'mnist', name: 'x'.repeat(100) };
    const tooLarge = { dataset_id: 'mnist', name: 'x'.repeat(2000) };
    for (let i = 0; i < 20; i++) {
      const refused = await api.call({ method: 'POST', url: '/jobs', payload: tooLarge });
      expect(problemOf(refused)).toMatchObject({ status: 429, code: 'overloaded' });
      const taken = await api.call({ method: 'POST', url: '/jobs', payload });
      expect(taken.statusCode).toBe(202);
    }
  });
});
