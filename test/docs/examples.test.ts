import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProgram, findPython } from '../support/example-programs.ts';
import { ExampleRunner } from '../support/example-runner.ts';
import { findDifferences, PAGES, readExamples, type Ids } from '../support/examples.ts';

const pages = await Promise.all(PAGES.map(async (page) => ({ page, examples: await readExamples(page) })));

const python = await findPython();
/** Sizes with a price that follows from them, except in the last row. */
const ORDERS = [
  'order_id,size,price',
  ...Array.from({ length: 80 }, (_, i) => [`o${i}`, i % 16, 10 * (i % 16) + (i % 7) / 2].join()),
  'o80,1,150',
].join('\n');

/** One service runs all pages one after the other, as a reader does. */
describe('the examples', () => {
  const ids: Ids = new Map();
  const answers = new Map<string, unknown>();
  let runner: ExampleRunner;

  beforeAll(async () => {
    runner = await ExampleRunner.start(ids);
  });
  afterAll(() => runner.stop());

  describe.each(pages)('of $page', ({ examples }) => {
    it.each(examples)('$name', { timeout: 120_000 }, async (example) => {
      const exchanges = await runner.run(example);
      const { shown } = example;
      const problem = isProblem(shown) ? shown : null;
      for (const { request, status, text } of exchanges) {
        const expected = problem === null ? status >= 200 && status < 300 : status === problem.status;
        expect(expected, `${request} is answered ${status}: ${text}`).toBe(true);
      }
      const last = exchanges.at(-1);
      if (shown === undefined || last === undefined) return;
      const answer: unknown = JSON.parse(last.text);
      expect(findDifferences(shown, answer, ids), last.text).toEqual([]);
      if (problem !== null) expect(answer).toEqual({ ...problem, request_id: expect.any(String) as string });
      const path = last.request.split(/[ ?]/)[1] ?? '';
      if (!answers.has(path)) answers.set(path, answer);
    });
  });

  it('show what the pages say about them', async () => {
    const { data } = answers.get('localhost:8080/impute') as { data: [[string, number, ...unknown[]]] };
    expect(data[0][0], 'the imputed model').toBe('midi');
    const decoded = answers.get('localhost:8080/decode') as { mean: [string][] };
    expect(decoded.mean.map(([model]) => model).sort(), 'both ends of the sizes').toEqual(['maxi', 'mini']);
    const scores = answers.get('localhost:8080/elbo') as {
      elbo: [number, number, number];
      log_likelihood_by_column: number[][];
    };
    const [usual, cold, wrong] = scores.elbo;
    expect(cold, 'the strange energy').toBeLessThan(usual - 30);
    expect(wrong, 'the strange model').toBeLessThan(usual - 5);
    const strangest = scores.log_likelihood_by_column.map((terms) => terms.indexOf(Math.min(...terms)));
    expect([4, 5], 'the column of the strange energy').toContain(strangest[1]);
    expect(strangest[2], 'the column of the strange model').toBe(0);
    for (const name of ['samples', 'manifold', 'traversal', 'scatter', 'interpolation', 'reconstructions']) {
      const png = await runner.readOutput(`${name}.png`);
      expect(png.subarray(1, 4).toString(), name).toBe('PNG');
    }
  });

  it.skipIf(python === null)('in Python find the strangest row (skipped without python3)', async () => {
    const text = await runner.runProgram(python ?? '', 'docs/examples/strangest_rows.py', ORDERS);
    expectStrangest(text);
  });

  it('in TypeScript compile, and find the strangest row', async () => {
    const program = await compileProgram('docs/examples/strangest-rows.ts');
    expectStrangest(await runner.runProgram(process.execPath, program, ORDERS));
  });
});

function expectStrangest(text: string): void {
  expect(text).toContain('Not modelled: order_id (id).');
  expect(text).toContain('the model has learned how the values depend on each other');
  const rows = text.split('\n').filter((line) => line.startsWith('score '));
  expect(rows).toHaveLength(10);
  expect(text).toMatch(
    /^score [\d.]+, p-value 0\.\d+: o80, 1, 150\n {4}(?:size is 1|price is 150); expected: [\d.]+ \(/m,
  );
  expect(rows[0]).toContain('o80');
}

function isProblem(shown: unknown): shown is { status: number } {
  return typeof shown === 'object' && shown !== null && 'code' in shown && 'status' in shown;
}
