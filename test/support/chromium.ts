import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The browser for tests: `CHROMIUM_PATH`, or the first known name on PATH; `undefined` when there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['CHROMIUM_PATH'];
  if (named) return named;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** `describe` where there is a browser; otherwise its tests are counted as skipped. */
export const describeInBrowser: jest.Describe = findChromium() === undefined ? describe.skip : describe;
