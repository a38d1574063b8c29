/** A node of a JSON schema, or of the OpenAPI document around it. */
export type SchemaNode = Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function mapNode(value: unknown, change: (child: SchemaNode, key: string) => unknown): SchemaNode {
  const entries = Object.entries(isNode(value) ? value : {});
  return Object.fromEntries(entries.map(([key, child]) => [key, isNode(child) ? change(child, key) : child]));
}

interface Component {
  readonly description: unknown;
  readonly content: SchemaNode;
}

/** The named schemas of the document. References to one can have a default and a description of their own. */
export class Components {
  readonly #known = new Map<string, Component>();

  /** A title names one schema in requests and, if answers differ, another one in answers. */
  refer(
    { title, default: filledIn, description, ...content }: SchemaNode,
    names: readonly string[],
  ): SchemaNode {
    const name = names.find((one) => isSame(this.#known.get(one)?.content ?? content, content));
    if (name === undefined) throw new Error(`two different schemas have the title ${String(title)}`);
    const known = this.#known.get(name) ?? { description, content };
    this.#known.set(name, known);
    return {
      $ref: `#/components/schemas/${name}`,
      ...(filledIn !== undefined && { default: filledIn }),
      ...(description !== undefined && description !== known.description && { description }),
    };
  }

  toSchemas(): SchemaNode {
    const sorted = [...this.#known].toSorted(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(
      sorted.map(([name, { description, content }]) => [
        name,
        { ...content, ...(description !== undefined && { description }) },
      ]),
    );
  }
}

function isSame(one: SchemaNode, other: SchemaNode): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
