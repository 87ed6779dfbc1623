import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Connection } from '@temporalio/client';

import { searchAttributes } from '../../domain/contracts/search-attributes';
import { type EmbeddedTemporal, startEmbeddedTemporal } from '../../runtime/servers/embedded-temporal';
import { findFreePort } from '../../runtime/servers/free-port';
import { type ServerProcess, startServerProcess } from '../../runtime/servers/server-process';
import { guard } from './guardian';
import { testDynamicConfig, testServices } from './services';

/** A Temporal server of one test file, for tests in which Temporal is down for a while. Namespace `default`. */
export class OwnTemporal {
  private readonly folder = mkdtempSync(join(tmpdir(), 'toki-temporal-'));
  private running: EmbeddedTemporal | undefined;

  /** `dynamicConfig`: what this server has otherwise than the tests' own. */
  constructor(private readonly dynamicConfig: Readonly<Record<string, string>> = {}) {}

  /** Starts it; again after `stop`, with the same address and data. Resolves to `host:port`. */
  async start(): Promise<string> {
    this.running = await startEmbeddedTemporal({
      cli: testServices().temporalCli,
      namespace: 'default',
      searchAttributes,
      databaseFile: join(this.folder, 'temporal.db'),
      stateFile: join(this.folder, 'temporal.json'),
      logFile: join(this.folder, 'temporal.log'),
      dynamicConfig: { ...testDynamicConfig, ...this.dynamicConfig },
    });
    guard('', [{ pid: this.running.server.pid, signal: 'SIGTERM' }]);
    return this.running.address;
  }

  /** Resolves when it is down. */
  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  /** Stops it and removes its data. */
  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A development server as a person starts it by hand: no flags, in memory, nothing registered. */
export class PlainTemporal {
  private server: ServerProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'toki-plain-temporal-'));
  address = '';

  /** Resolves to `host:port` when it answers. */
  async start(): Promise<string> {
    const port = await findFreePort();
    this.address = `127.0.0.1:${String(port)}`;
    this.server = await startServerProcess({
      file: testServices().temporalCli,
      args: ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
      logFile: join(this.folder, 'temporal.log'),
    });
    guard('', [{ pid: this.server.pid, signal: 'SIGTERM' }]);
    const connection = Connection.lazy({ address: this.address });
    try {
      for (let attempt = 0; ; attempt++) {
        const isUp = await connection
          .withDeadline(Date.now() + 2_000, () =>
            connection.workflowService.describeNamespace({ namespace: 'default' }),
          )
          .then(
            () => true,
            () => false,
          );
        if (isUp) return this.address;
        if (attempt > 600) throw new Error('the plain Temporal server did not come up');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    } finally {
      await connection.close();
    }
  }

  async dispose(): Promise<void> {
    await this.server?.stop('SIGTERM', 15_000);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
