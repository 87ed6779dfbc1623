import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { publishTestServices } from './services';
import { startServices } from './start-services';
import { ensureTemplate } from './template';

declare global {
  var tokiStopTestServices: (() => Promise<void>) | undefined;
}

/** Starts the servers of this run; they end with it. Jest calls the default export, and nothing else. */
export default async function globalSetup(): Promise<void> {
  const { running, stop } = await startServices(mkdtempSync(join(tmpdir(), 'toki-test-')));
  try {
    publishTestServices({ ...running, templateDatabase: await ensureTemplate(running.postgresUrl) });
  } catch (error) {
    await stop();
    throw error;
  }
  globalThis.tokiStopTestServices = stop;
}
