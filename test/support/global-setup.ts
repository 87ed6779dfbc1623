import { startTestRun } from './test-run';

declare global {
  var tokiStopTestServices: (() => Promise<void>) | undefined;
}

/** Starts the servers of this run; they end with it. Jest calls the default export, and nothing else. */
export default async function globalSetup(): Promise<void> {
  globalThis.tokiStopTestServices = await startTestRun();
}
