import type { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

type AttributeTypes = Readonly<Record<string, string>>;

function typeNumber(type: string): temporal.api.enums.v1.IndexedValueType {
  const name = `INDEXED_VALUE_TYPE_${type.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}`;
  const value = new Map(Object.entries(temporal.api.enums.v1.IndexedValueType)).get(name);
  if (typeof value !== 'number') throw new Error(`${type} is not a type of Temporal search attributes`);
  return value;
}

/** Names of attributes that the namespace lacks, or has with another type. */
export async function missingSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: AttributeTypes,
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.entries(wanted)
    .filter(([name, type]) => customAttributes[name] !== typeNumber(type))
    .map(([name]) => name);
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
