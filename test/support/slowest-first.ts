import { BaseSequencer, type TestSpecification } from 'vitest/node';

const ORDER = ['e2e', 'service', 'long', 'model', 'unit'];

/** Files that start processes first: none of them is left to run alone in the end. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => ORDER.indexOf(a.project.name) - ORDER.indexOf(b.project.name));
  }
}
