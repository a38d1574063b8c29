import { describeArrayBody } from './published-arrays.ts';
import { Components, isNode, mapNode, type SchemaNode } from './components.ts';
import { PUBLISHED } from './schemas.ts';

type Direction = 'request' | 'answer';
type Publish = (schema: SchemaNode) => SchemaNode;

/**
 * Rewrites the document for clients. Schemas with a title become components, and so do bodies and answers, named after their
 * operation. A field with a default is optional in requests and always present in answers.
 */
export function publishDocument<Document extends object>(document: Document): Document {
  const components = new Components();
  const [toRequest, toAnswer] = [
    createPublisher(components, 'request'),
    createPublisher(components, 'answer'),
  ];
  const { paths } = { paths: undefined, ...document };
  // Requests first: they get the plain names.
  const withRequests = mapOperations(paths, (operation) =>
    publishRequest(describeArrayBody(operation), toRequest),
  );
  const published = mapOperations(withRequests, (operation) => publishAnswers(operation, toAnswer));
  return Object.assign(document, { paths: published, components: { schemas: components.toSchemas() } });
}

function mapOperations(paths: unknown, change: (operation: SchemaNode) => SchemaNode): SchemaNode {
  return mapNode(paths, (operations) => mapNode(operations, change));
}

function publishRequest(operation: SchemaNode, publish: Publish): SchemaNode {
  const { parameters, requestBody } = operation;
  return {
    ...operation,
    ...(Array.isArray(parameters) && {
      parameters: parameters.filter(isNode).map((parameter) => publishParameter(parameter, publish)),
    }),
    ...(isNode(requestBody) && {
      requestBody: publishContent(requestBody, makeTitle(operation, 'Request'), publish),
    }),
  };
}

function publishParameter(parameter: SchemaNode, publish: Publish): SchemaNode {
  const schema = isNode(parameter['schema']) ? parameter['schema'] : {};
  const required = parameter['required'] === true && !('default' in schema);
  return { ...parameter, required, schema: publish(schema) };
}

function publishAnswers(operation: SchemaNode, publish: Publish): SchemaNode {
  const title = makeTitle(operation, 'Answer');
  const responses = mapNode(operation['responses'], (response) => publishContent(response, title, publish));
  return { ...operation, responses };
}

/** encode -> EncodeRequest */
function makeTitle({ operationId }: SchemaNode, suffix: string): string {
  const name = String(operationId);
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}${suffix}`;
}

function publishContent(part: SchemaNode, title: string, publish: Publish): SchemaNode {
  if (!isNode(part['content'])) return part;
  const content = mapNode(part['content'], (media, type) => {
    const schema = isNode(media['schema']) ? media['schema'] : {};
    return { ...media, schema: publish(type.endsWith('json') ? { title, ...schema } : schema) };
  });
  return { ...part, content };
}

/** Rewrites a schema and everything inside it. */
function createPublisher(components: Components, direction: Direction): Publish {
  return publish;

  function publish({ [PUBLISHED]: extra, ...original }: SchemaNode): SchemaNode {
    const schema = { ...original, ...(isNode(extra) && extra) };
    const inside = isNode(schema['discriminator']) ? publishUnion(schema) : publishParts(schema);
    const { title } = schema;
    return typeof title === 'string'
      ? components.refer(inside, direction === 'request' ? [title] : [title, `${title}Answer`])
      : inside;
  }

  function publishParts({ default: filledIn, ...schema }: SchemaNode): SchemaNode {
    const { properties, items, additionalProperties, anyOf } = schema;
    return {
      ...schema,
      ...(isNode(properties) && { properties: mapNode(properties, publish), ...listRequired(schema) }),
      ...(isNode(items) && { items: publish(items) }),
      ...(isNode(additionalProperties) && { additionalProperties: publish(additionalProperties) }),
      ...(Array.isArray(anyOf) && { anyOf: anyOf.filter(isNode).map(publish) }),
      ...(direction === 'request' && filledIn !== undefined && { default: filledIn }),
    };
  }

  /** Maps each tag to its member. If a member is a union itself, it has no single tag, and there is no mapping. */
  function publishUnion(union: SchemaNode): SchemaNode {
    const { title, description, default: filledIn, discriminator } = union;
    const { propertyName } = isNode(discriminator) ? discriminator : {};
    const members = listMembers(union, String(propertyName));
    const references = members.map(publish);
    const tags = members.map((member) => findField(member, String(propertyName))['const']);
    const mapping = Object.fromEntries(tags.map((tag, index) => [String(tag), references[index]?.['$ref']]));
    const isFlat = members.every((member) => !('discriminator' in member));
    return {
      title,
      ...(description !== undefined && { description }),
      ...(direction === 'request' && filledIn !== undefined && { default: filledIn }),
      oneOf: references,
      ...(isFlat && { discriminator: { propertyName, mapping } }),
    };
  }

  function listRequired({ required, properties }: SchemaNode): SchemaNode {
    if (!Array.isArray(required) || direction === 'answer') return {};
    const fields = isNode(properties) ? properties : {};
    const needed = required.filter((name: string) => !(isNode(fields[name]) && 'default' in fields[name]));
    return { required: needed.length > 0 ? needed : undefined };
  }
}

/** Adds the tag's default to the member that is meant if the tag is left out. */
function listMembers(union: SchemaNode, tag: string): SchemaNode[] {
  const usual = findField(union, tag)['default'];
  const members = Array.isArray(union['oneOf']) ? union['oneOf'].filter(isNode) : [];
  return members.map((member) => {
    const field = findField(member, tag);
    if (usual === undefined || field['const'] !== usual) return member;
    return {
      ...member,
      properties: mapNode(member['properties'], (one, name) =>
        name === tag ? { ...field, default: usual } : one,
      ),
    };
  });
}

function findField({ properties }: SchemaNode, name: string): SchemaNode {
  const field = isNode(properties) ? properties[name] : undefined;
  return isNode(field) ? field : {};
}
