import type { Connection } from '@temporalio/client';

import type { Log } from '../../engine/loops/log';
import {
  type AttributeTypes,
  commandToAdd,
  missingSearchAttributes,
  registerSearchAttributes,
} from '../../engine/temporal/search-attributes';
import { StartError } from '../start-error';

/**
 * Before a worker takes work: registers what is missing. A workflow that sets an attribute the namespace lacks fails over and over, so
 * without them nothing is begun.
 *
 * @throws StartError naming what is missing and the command that adds it.
 */
export async function requireSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: AttributeTypes,
  log: Log,
): Promise<void> {
  try {
    if ((await missingSearchAttributes(connection, namespace, wanted)).length === 0) return;
    await registerSearchAttributes(connection, namespace, wanted);
  } catch (error) {
    log.warn({ namespace, reason: reasonOf(error) }, 'the search attributes could not be registered');
  }
  let missing: string[];
  try {
    missing = await missingSearchAttributes(connection, namespace, wanted);
  } catch (error) {
    throw new StartError(`The search attributes of namespace "${namespace}" cannot be read: ${reasonOf(error)}.`);
  }
  if (missing.length > 0)
    throw new StartError(
      `Namespace "${namespace}" lacks the search attributes ${missing.join(', ')}, or has them with another type, and this worker could not add them: run "${commandToAdd(namespace, missing, wanted)}" (on Temporal Cloud: "tcld namespace search-attributes add") and start it again.`,
    );
  log.info({ namespace }, 'the search attributes are there');
}

function reasonOf(error: unknown): string {
  const { details, message } = error as { details?: string; message?: string };
  return (details || message || String(error)).replace(/\.+$/, '');
}
