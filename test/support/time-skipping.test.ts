import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { createTestNamespace } from './test-namespace';
import { executionTime, fastForward, skipTimeToTheEnd } from './time-skipping';
import { alarmClock, hoursQuery } from './time-skipping.workflows';

const hourMs = 60 * 60 * 1000;

describe('time on the real server', () => {
  let connection: Connection;
  let nativeConnection: NativeConnection;
  let client: Client;
  let worker: Worker;
  let running: Promise<void>;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const { address, namespace } = await createTestNamespace();
    connection = await Connection.connect({ address });
    nativeConnection = await NativeConnection.connect({ address });
    client = new Client({ connection, namespace });
    worker = await Worker.create({
      connection: nativeConnection,
      namespace,
      taskQueue: 'clock',
      workflowsPath: require.resolve('./time-skipping.workflows'),
      activities: { ring: () => Promise.resolve() },
    });
    running = worker.run();
  });

  afterAll(async () => {
    worker.shutdown();
    await running;
    await nativeConnection.close();
    await connection.close();
  });

  test('thirty days pass at once', async () => {
    const handle = await client.workflow.start(alarmClock, {
      taskQueue: 'clock',
      workflowId: 'month',
      args: [[1, 24, 30 * 24]],
    });
    const started = Date.now();
    await skipTimeToTheEnd(client.workflow, { workflowId: 'month' });
    expect(await handle.result()).toEqual([1, 24, 720]);
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  test('a step leads to its moment and no further', async () => {
    const execution = { workflowId: 'step' };
    const handle = await client.workflow.start(alarmClock, { taskQueue: 'clock', ...execution, args: [[1, 2, 48]] });
    const before = await executionTime(client.workflow, execution);
    await fastForward(client.workflow, execution, 90 * 60 * 1000);
    expect(await handle.query(hoursQuery)).toEqual([1]);
    await fastForward(client.workflow, execution, hourMs);
    expect(await handle.query(hoursQuery)).toEqual([1, 2]);
    const passed = (await executionTime(client.workflow, execution)).getTime() - before.getTime();
    expect(passed).toBeGreaterThanOrEqual(2.5 * hourMs);
    expect(passed).toBeLessThan(2.6 * hourMs);
    await fastForward(client.workflow, execution, 50 * hourMs);
    expect(await handle.result()).toEqual([1, 2, 48]);
  });
});
