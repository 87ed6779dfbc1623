import type { Database } from '../database/connection';
import type { KeyRing } from '../database/keys';
import { loadDemoResidents, prepareDemoCity } from './demo/load-demo-city';

export interface DemoCityDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  /** Runs the import of one file and approves it: residents come in the way any city's do. A worker must be polling. */
  readonly importFile: (file: { readonly name: string; readonly content: Buffer }) => Promise<void>;
  readonly now: Date;
  readonly say: (line: string) => void;
}

/** Makes the demo city where it is not there yet, and adds the days that are missing since. */
export async function loadDemoCity({ database, keys, now, say, importFile }: DemoCityDependencies): Promise<void> {
  say('Preparing the demo city');
  const version = await prepareDemoCity({ database, now });
  await loadDemoResidents({ database, keys, version, now, importFile });
}
