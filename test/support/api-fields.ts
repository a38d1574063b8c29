/** A JSON schema of the OpenAPI document, as far as the page of it looks. */
export interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly discriminator?: { readonly propertyName: string };
  readonly $ref?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** One line of a table of fields. */
export interface Field {
  /** With dots between an object and its fields, and [] after an array. */
  readonly name: string;
  readonly value: string;
  /** What it is where it is not sent; `required`, or empty where there is nothing to say. */
  readonly otherwise: string;
  readonly meaning: string;
}

/** The fields of an object, those of objects inside it after them. */
export function fieldsOf(schema: Schema, prefix = ''): Field[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, own]) =>
    field(`${prefix}${name}`, own, required.has(name)),
  );
}

export function field(name: string, schema: Schema, required: boolean): Field[] {
  const inside = (schema.anyOf ?? []).find((one) => one.properties) ?? schema;
  if (inside.oneOf) return unionFields(name, inside, required);
  const below = inside.items
    ? deeper(`${name}[]`, inside.items)
    : inside.properties
      ? fieldsOf(inside, `${name}.`)
      : [];
  // An object that is filled in from its fields' defaults says nothing by itself.
  if (inside.properties && isEmpty(schema.default)) return below;
  const [value, otherwise] = [valueOf(schema), otherwiseOf(schema, required)];
  return [{ name, value, otherwise, meaning: schema.description ?? '' }, ...below];
}

function deeper(name: string, schema: Schema): Field[] {
  if (schema.oneOf) return unionFields(name, schema, true);
  return schema.properties ? fieldsOf(schema, `${name}.`) : [];
}

/** A union told apart by one field: the field, then those of its variants, equal ones once. */
function unionFields(name: string, schema: Schema, required: boolean): Field[] {
  const variants = leavesOf(schema);
  const tag = tagOf(variants);
  const titles = variants.map((variant) => code(labelOf(variant, tag)));
  const chosen = (schema.default as Record<string, string> | undefined)?.[tag];
  const byLine = new Map<string, { own: Field; titles: string[] }>();
  for (const variant of variants) {
    const title = labelOf(variant, tag);
    const others = Object.entries(variant.properties ?? {}).filter(([, own]) => own.const === undefined);
    const properties = Object.fromEntries(others);
    for (const own of fieldsOf({ ...variant, properties }, `${name}.`)) {
      const line = JSON.stringify(own);
      const seen = byLine.get(line) ?? { own, titles: [] };
      seen.titles.push(code(title));
      byLine.set(line, seen);
    }
  }
  const otherwise = chosen === undefined ? (required ? 'required' : '') : code(chosen);
  const meaning = schema.description ?? '';
  return [
    { name: `${name}.${tag}`, value: titles.join(', '), otherwise, meaning },
    ...furtherTags(name, variants, tag),
    ...[...byLine.values()].map(({ own, titles: of }) => ({
      ...own,
      // What lies deeper belongs to a field that says it already.
      meaning: /[.[]/.test(own.name.slice(name.length + 1))
        ? own.meaning
        : `Of ${of.join(', ')}. ${own.meaning}`.trim(),
    })),
  ];
}

/** Fields that tell apart variants which share their tag. */
function furtherTags(name: string, variants: readonly Schema[], tag: string): Field[] {
  const constants = variants.flatMap(({ properties = {} }) =>
    Object.entries(properties).filter(([key, own]) => key !== tag && own.const !== undefined),
  );
  return [...new Set(constants.map(([key]) => key))].map((key) => {
    const values = constants.filter(([one]) => one === key).map(([, own]) => own);
    const usual = values.find((one) => one.default !== undefined)?.default;
    const value = values.map(valueOf).join(', ');
    const owners = variants.filter(({ properties }) => properties?.[key]?.const !== undefined);
    const of = [...new Set(owners.map(({ properties }) => properties?.[tag]?.const ?? ''))].map(code);
    const otherwise = usual === undefined ? 'required' : code(JSON.stringify(usual).replaceAll('"', ''));
    return { name: `${name}.${key}`, value, otherwise, meaning: `Of ${of.join(', ')}.` };
  });
}

/** The variants of a union, those of a union inside it in its place. */
function leavesOf(schema: Schema): readonly Schema[] {
  return schema.oneOf?.flatMap(leavesOf) ?? [schema];
}

/** The field that tells variants apart: constant in each of them. */
export function tagOf(variants: readonly Schema[]): string {
  const [first, ...others] = variants.map(({ properties = {} }) =>
    Object.keys(properties).filter((name) => properties[name]?.const !== undefined),
  );
  return first?.find((name) => others.every((names) => names.includes(name))) ?? '';
}

/** The tag of a variant and, if it shares that with others, what else is constant in it. */
function labelOf({ properties = {} }: Schema, tag: string): string {
  const { [tag]: own, ...others } = properties;
  const constants = [own, ...Object.values(others)].flatMap((one) => one?.const ?? []);
  return constants.join(' by ');
}

function otherwiseOf({ default: value }: Schema, required: boolean): string {
  if (value !== undefined) return code(typeof value === 'string' ? value : JSON.stringify(value));
  return required ? 'required' : '';
}

/** What a value may be. */
export function valueOf(schema: Schema): string {
  if (schema.$ref !== undefined) return reference(schema.$ref);
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map((one) => code(String(one))).join(', ');
  if (schema.anyOf) return schema.anyOf.map(valueOf).join(' or ');
  if (schema.items) return `array of ${arrayOf(schema)}${counted(schema.minItems, schema.maxItems, '')}`;
  if (schema.type === 'integer' || schema.type === 'number') return numberOf(schema);
  if (schema.type === 'string') return stringOf(schema);
  if (schema.oneOf) return 'object';
  return schema.type ?? 'any';
}

function arrayOf({ items = {} }: Schema): string {
  if (items.anyOf?.some((one) => one.items)) return items.anyOf.map((one) => entries(one)).join(' or ');
  return entries(items);
}

function entries(items: Schema): string {
  if (items.items) return 'arrays';
  if (items.type === 'object') return 'objects';
  return (items.oneOf ?? items.properties) ? 'objects' : valueOf(items);
}

const KINDS: Readonly<Record<string, string>> = { integer: 'whole number', number: 'number' };

function numberOf(schema: Schema): string {
  const { type = '', minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const low = minimum !== undefined ? grouped(minimum) : undefined;
  const high = maximum !== undefined ? grouped(maximum) : undefined;
  const above = exclusiveMinimum !== undefined ? `above ${grouped(exclusiveMinimum)}` : undefined;
  const below = exclusiveMaximum !== undefined ? `below ${grouped(exclusiveMaximum)}` : undefined;
  if (low !== undefined && high !== undefined) return `${KINDS[type] ?? type} ${low} to ${high}`;
  const words = [above, low && `at least ${low}`, high && `at most ${high}`, below];
  return [KINDS[type] ?? type, words.filter(Boolean).join(', ')].filter(Boolean).join(' ');
}

function stringOf({ format, pattern, minLength, maxLength }: Schema): string {
  if (format === 'date-time') return 'time';
  if (pattern !== undefined) return `text like ${code(pattern)}`;
  return `text${counted(minLength, maxLength, ' characters')}`;
}

function counted(least: number | undefined, most: number | undefined, what: string): string {
  if (most === undefined) return least === undefined ? '' : `, at least ${least}${what}`;
  return `, ${least ?? 0} to ${most}${what}`;
}

function reference(ref: string): string {
  const name = ref.slice(ref.lastIndexOf('/') + 1);
  return `[${name}](#${name.toLowerCase()})`;
}

function grouped(value: number): string {
  if (value === Number.MAX_SAFE_INTEGER) return '2^53 - 1';
  return Math.abs(value) >= 1 ? value.toLocaleString('en') : String(value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

export const code = (text: string): string => `\`${text}\``;
