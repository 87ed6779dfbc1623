import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { publishTestServices } from './services';
import { startServices } from './start-services';
import { ensureTemplate } from './template';

/** Starts and publishes servers for this process and those it starts; resolves with what stops them. */
export async function startTestRun(): Promise<() => Promise<void>> {
  const { running, stop } = await startServices(mkdtempSync(join(tmpdir(), 'toki-test-')));
  try {
    publishTestServices({ ...running, templateDatabase: await ensureTemplate(running.postgresUrl) });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}
