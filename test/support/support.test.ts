import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { knex } from 'knex';

import { searchAttributes } from '../../domain/contracts/search-attributes';
import { missingSearchAttributes } from '../../engine/temporal/search-attributes';
import { OwnTemporal } from './own-temporal';
import { testServices } from './services';
import { createTestDatabase } from './test-database';
import { createTestNamespace } from './test-namespace';

test('a test database has all migrations and goes away again', async () => {
  const database = await createTestDatabase();
  const connection = knex(database.knexConfig);
  try {
    const { rows } = await connection.raw<{ rows: { version: string }[] }>('SELECT version() AS version');
    expect(rows[0]?.version).toMatch(/^PostgreSQL 18/);
    expect(await connection('knex_migrations').count()).not.toEqual([{ count: '0' }]);
  } finally {
    await connection.destroy();
    await database.drop();
  }
});

test('a test namespace has the search attributes', async () => {
  const { namespace } = await createTestNamespace();
  const connection = await Connection.connect({ address: testServices().temporalAddress });
  try {
    expect(await missingSearchAttributes(connection, namespace, searchAttributes)).toEqual([]);
  } finally {
    await connection.close();
  }
});

test('a Temporal of its own comes back with the same address and data', async () => {
  const temporal = new OwnTemporal();
  try {
    const address = await temporal.start();
    let connection = await Connection.connect({ address });
    await connection.workflowService.registerNamespace({
      namespace: 'kept',
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    await connection.close();
    await temporal.stop();
    await expect(Connection.connect({ address, connectTimeout: 500 })).rejects.toThrow();
    expect(await temporal.start()).toBe(address);
    connection = await Connection.connect({ address });
    await connection.workflowService.describeNamespace({ namespace: 'kept' });
    await connection.close();
  } finally {
    await temporal.dispose();
  }
});
