import Type, { type Static, type TObject, type TProperties, type TSchema, type TUnsafe } from 'typebox';

/** Unknown fields are refused. */
export const closed = { additionalProperties: false } as const;

/** The keywords, such as a description, are those of the union. */
export const allowNull = <Schema extends TSchema>(
  schema: Schema,
  keywords: { description?: string; default?: null } = {},
) => Type.Union([schema, Type.Null()], keywords);

export const numberOrNull = (description: string) => allowNull(Type.Number(), { description });

export type Tagged<Tag extends string, Variants extends Record<string, TProperties>> = {
  [Name in keyof Variants]: { [Key in Tag]: Name } & Static<TObject<Variants[Name]>>;
}[keyof Variants];

/**
 * The variants of a union whose tag is Name. A function generic in Name that takes this can look up its argument's row in a
 * table by name and call it without a cast.
 */
export type Variant<Union, Tag extends string, Name> = Extract<Union, { readonly [Key in Tag]: Name }> & {
  readonly [Key in Tag]: Name;
};

/**
 * A union discriminated by one field, with defaults inside each variant (JSON schema oneOf + discriminator). Fields are
 * required unless they are optional or have a default; so is the union itself without a default name. `title` names the
 * union for clients: the variant adam of `Optimizer` is `AdamOptimizer`.
 */
export function tagged<const Tag extends string, const Variants extends Record<string, TProperties>>(
  title: string,
  tag: Tag,
  variants: Variants,
  defaultName?: keyof Variants & string,
): TUnsafe<Tagged<Tag, Variants>> & { readonly oneOf: readonly object[] } {
  const members = Object.entries(variants).map(([name, fields]) => ({
    type: 'object',
    title: `${toPascalCase(name)}${title}`,
    required: [tag, ...requiredOf(fields)],
    additionalProperties: false,
    properties: { [tag]: { type: 'string', const: name }, ...fields },
  }));
  const union = Type.Unsafe<Tagged<Tag, Variants>>({
    type: 'object',
    title,
    required: [tag],
    discriminator: { propertyName: tag },
    oneOf: members,
    ...(defaultName !== undefined && { default: { [tag]: defaultName } }),
  });
  return Object.assign(union, { oneOf: members });
}

/** The same, but the tag has a default: values without it are valid. */
export function taggedOrDefault<const Tag extends string, const Variants extends Record<string, TProperties>>(
  title: string,
  tag: Tag,
  variants: Variants,
  defaultName: keyof Variants & string,
): TUnsafe<Tagged<Tag, Variants>> {
  const schema = tagged(title, tag, variants, defaultName);
  const names = { type: 'string', enum: Object.keys(variants), default: defaultName };
  return Type.Unsafe<Tagged<Tag, Variants>>({ ...schema, properties: { [tag]: names } });
}

/** leave_one_out -> LeaveOneOut */
export function toPascalCase(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function requiredOf(fields: TProperties): string[] {
  const needed = (schema: TSchema) => !('default' in schema) && !Type.IsOptional(schema);
  return Object.entries(fields).flatMap(([name, schema]) => (needed(schema) ? [name] : []));
}

export function oneOf<const Names extends readonly string[]>(
  names: Names,
  defaultName: Names[number],
  description: string,
) {
  return Type.Unsafe<Names[number]>({ type: 'string', enum: [...names], default: defaultName, description });
}

/** The field as an optional one without a default: an order that leaves it out differs from one that gives the default. */
export function withoutDefault<Schema extends TSchema>(schema: Schema, description?: string) {
  const { default: usual, ...rest } = schema as Schema & { default?: unknown };
  const own = description === undefined ? {} : { description };
  return Type.Optional(Type.Unsafe<Static<Schema>>({ ...rest, ...own }));
}
