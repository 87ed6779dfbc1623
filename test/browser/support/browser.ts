import { type Browser, chromium } from 'playwright-core';

import { defined } from '../../../domain/text/defined';
import { findChromium } from '../../support/chromium';

export function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({
    ...defined({ executablePath }),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export const phone = { width: 360, height: 740 };
export const smallPhone = { width: 320, height: 640 };
export const desktop = { width: 1280, height: 900 };
