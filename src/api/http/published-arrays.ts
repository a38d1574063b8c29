import { isNode, mapNode, type SchemaNode } from './components.ts';
import { ARRAY_BODY, BINARY_TYPE, JSON_TYPE } from './media.ts';

const NPY_FILE = {
  type: 'string',
  format: 'binary',
  description:
    'An NPY file with the rows; its media type may also be application/x-npy. All other fields are then in the query.',
};

/**
 * Documents the NPY file that a route takes in place of a marked body, and the fields that are then in the query. As
 * application/octet-stream, for which generated clients have a type.
 */
export function describeArrayBody(operation: SchemaNode): SchemaNode {
  const { requestBody, parameters } = operation;
  const content = isNode(requestBody) && isNode(requestBody['content']) ? requestBody['content'] : {};
  const json = isNode(content[JSON_TYPE]) ? content[JSON_TYPE] : {};
  const schema = isNode(json['schema']) ? json['schema'] : {};
  if (!isNode(requestBody) || !(ARRAY_BODY in schema)) return operation;
  const { [ARRAY_BODY]: fields, ...unmarked } = schema;
  return {
    ...operation,
    parameters: [...listNodes(parameters), ...listParameters(unmarked, fields)],
    requestBody: {
      ...requestBody,
      content: {
        ...content,
        [JSON_TYPE]: { ...json, schema: unmarked },
        [BINARY_TYPE]: { schema: NPY_FILE },
      },
    },
  };
}

const listNodes = (value: unknown): SchemaNode[] => (Array.isArray(value) ? value.filter(isNode) : []);

/** The mark lists the fields that only a body in JSON can have. */
function listParameters(schema: SchemaNode, onlyJson: unknown): SchemaNode[] {
  const left = new Set(Array.isArray(onlyJson) ? onlyJson : []);
  const all = [schema, ...listNodes(schema['oneOf'])].flatMap(({ properties }) =>
    Object.entries(mapNode(properties, (field) => field)),
  );
  return [...new Map(all.toReversed())].toReversed().flatMap(([name, field]) => {
    if (left.has(name) || !isNode(field)) return [];
    const { description, default: usual, ...value } = field;
    const said = [description, usual === undefined ? '' : `Default: ${JSON.stringify(usual)}.`].filter(
      Boolean,
    );
    return [
      {
        name,
        in: 'query',
        required: false,
        description: ['Only if the body is an NPY file.', ...said].join(' '),
        schema: value,
      },
    ];
  });
}
