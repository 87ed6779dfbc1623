import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { searchAttributes } from '../../domain/contracts/search-attributes';
import { type EmbeddedTemporal, startEmbeddedTemporal } from '../../runtime/embedded-temporal';
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
