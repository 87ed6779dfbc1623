import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';

import { searchAttributes } from '../../domain/contracts/search-attributes';
import { registerSearchAttributes } from '../../engine/temporal/search-attributes';
import { testServices } from './services';

/** A Temporal namespace of its own with Toki's search attributes. */
export interface TestNamespace {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
}

/** Registers a fresh namespace and waits until it can be used. */
export async function createTestNamespace(): Promise<TestNamespace> {
  const address = testServices().temporalAddress;
  const namespace = `test-${randomBytes(8).toString('hex')}`;
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    const deadline = Date.now() + 30_000;
    for (;;) {
      try {
        await registerSearchAttributes(connection, namespace, searchAttributes);
        return { address, namespace };
      } catch (error) {
        // The front learns of a new namespace a moment after its registration.
        if (Date.now() > deadline) throw error;
        await sleep(50);
      }
    }
  } finally {
    await connection.close();
  }
}
