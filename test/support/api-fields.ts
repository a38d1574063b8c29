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
  if (inside.discriminator) return unionFields(name, inside, required);
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
  if (schema.discriminator) return unionFields(name, schema, true);
  return schema.properties ? fieldsOf(schema, `${name}.`) : [];
}

/** A union told apart by one field: the field, then those of its variants, equal ones once. */
function unionFields(name: string, schema: Schema, required: boolean): Field[] {
  const tag = schema.discriminator?.propertyName ?? '';
  const variants = (schema.oneOf ?? []).flatMap(flattened);
  const titles = variants.map(({ title = '' }) => code(title));
  const chosen = (schema.default as Record<string, string> | undefined)?.[tag];
  const byLine = new Map<string, { own: Field; titles: string[] }>();
  for (const { title = '', ...variant } of variants) {
    const others = Object.entries(variant.properties ?? {}).filter(([key]) => key !== tag);
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
    ...[...byLine.values()].map(({ own, titles: of }) => ({
      ...own,
      // What lies deeper belongs to a field that says it already.
      meaning: /[.[]/.test(own.name.slice(name.length + 1))
        ? own.meaning
        : `Of ${of.join(', ')}. ${own.meaning}`.trim(),
    })),
  ];
}

/** A variant that is told apart once more stands as several. */
function flattened(variant: Schema): readonly Schema[] {
  if (!variant.discriminator) return [variant];
  const { propertyName } = variant.discriminator;
  const { [propertyName]: tag = {} } = variant.properties ?? {};
  return (variant.oneOf ?? []).map(({ title = '', properties, ...own }) => ({
    ...own,
    title: `${variant.title ?? ''} by ${title}`,
    properties: { ...properties, [propertyName]: tag },
  }));
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
  return schema.type ?? 'any';
}

function arrayOf({ items = {} }: Schema): string {
  if (items.anyOf?.some((one) => one.items)) return items.anyOf.map((one) => entries(one)).join(' or ');
  return entries(items);
}

function entries(items: Schema): string {
  if (items.items) return 'arrays';
  if (items.type === 'object') return 'objects';
  return (items.discriminator ?? items.properties) ? 'objects' : valueOf(items);
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
