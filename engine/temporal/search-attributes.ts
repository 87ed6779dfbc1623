import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

/** Types of search attributes by name: `Keyword`, `Datetime`, … */
export type AttributeTypes = Readonly<Record<string, string>>;

function typeNumber(type: string): temporal.api.enums.v1.IndexedValueType {
  const name = `INDEXED_VALUE_TYPE_${type.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}`;
  const value = new Map(Object.entries(temporal.api.enums.v1.IndexedValueType)).get(name);
  if (typeof value !== 'number') throw new Error(`${type} is not a type of Temporal search attributes`);
  return value;
}

const refusedCodes = new Set([
  7, // PERMISSION_DENIED
  12, // UNIMPLEMENTED
]);

/**
 * The namespace's own attributes with their types. Where the operator service is closed to us, as it may be on Temporal Cloud, the
 * namespace tells them too: it gives each a column such as `Keyword01` or `Int02`.
 */
async function attributesOf(connection: Connection, namespace: string): Promise<Record<string, number>> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return customAttributes;
  } catch (error) {
    if (!isGrpcServiceError(error) || !refusedCodes.has(error.code)) throw error;
    return attributesByColumn(connection, namespace);
  }
}

/** What the namespace itself says, which every client of it may ask. */
export async function attributesByColumn(connection: Connection, namespace: string): Promise<Record<string, number>> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  return Object.fromEntries(
    Object.entries(config?.customSearchAttributeAliases ?? {}).map(([column, name]) => [
      name,
      typeNumber(column.replace(/\d+$/, '')),
    ]),
  );
}

/** Names of attributes that the namespace lacks, or has with another type. */
export async function missingSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: AttributeTypes,
): Promise<string[]> {
  const known = await attributesOf(connection, namespace);
  return Object.entries(wanted)
    .filter(([name, type]) => known[name] !== typeNumber(type))
    .map(([name]) => name);
}

/** What a person with the right has to run to add them. */
export function commandToAdd(namespace: string, names: readonly string[], wanted: AttributeTypes): string {
  const attributes = names.map((name) => `--name ${name} --type ${wanted[name] ?? 'Keyword'}`);
  return `temporal operator search-attribute create --namespace ${namespace} ${attributes.join(' ')}`;
}

/**
 * Registers those attributes that the namespace lacks. A workflow that sets an unregistered one fails over and over,
 * so this is part of start-up. Attributes that are there stay as they are.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: AttributeTypes,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(wanted).filter(([name]) => customAttributes[name] === undefined);
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, typeNumber(type)])),
  });
}
