/** Part of a file that cannot be read: what was found and what is allowed there, both for people. */
export class ContentFault extends Error {
  override readonly name: string = 'ContentFault';
  readonly found: string;
  readonly allowed: string;

  constructor(found: string, allowed: string) {
    super(found);
    this.found = found;
    this.allowed = allowed;
  }
}
