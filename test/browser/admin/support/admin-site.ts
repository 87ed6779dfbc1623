import type { Browser, Page } from 'playwright-core';

import type { StaffRole } from '../../../../domain/staff/roles';
import { patienceMs } from '../../../support/patience';
import { createStaffSite, type StaffSite, type StaffSiteOptions } from '../../../worlds/staff-site';
import { desktop, launchBrowser } from '../../support/browser';

export interface AdminSite {
  readonly site: StaffSite;
  readonly browser: Browser;
  /** A page of its own context; `role`: already logged in. `viewport` defaults to the desktop. What the page's own script did wrong ends up in `faults`. */
  open(options?: { role?: StaffRole; path?: string; viewport?: { width: number; height: number } }): Promise<Page>;
  /** Uncaught errors and refused resources of every page, in order. */
  readonly faults: string[];
  close(): Promise<void>;
}

/** The staff app with the built admin, on a fresh small city, and a browser. */
export async function createAdminSite(options: StaffSiteOptions = {}): Promise<AdminSite> {
  const [site, browser] = await Promise.all([createStaffSite(options), launchBrowser()]);
  const faults: string[] = [];
  return {
    site,
    browser,
    faults,
    async open({ role, path = '/', viewport = desktop } = {}) {
      // Colours are measured as they stay, not as they fade in.
      const context = await browser.newContext({
        viewport,
        locale: 'ja-JP',
        timezoneId: 'America/Vancouver',
        acceptDownloads: true,
        reducedMotion: 'reduce',
      });
      if (role) {
        const { cookies } = await site.colleague(role);
        await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: site.url })));
      }
      const page = await context.newPage();
      page.setDefaultTimeout(patienceMs);
      page.on('pageerror', (error) => faults.push(`${error.message}\n${error.stack ?? ''}`));
      page.on('console', (message) => {
        // A refused request is an expected answer; a refused style or script is a fault of the page.
        if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text());
      });
      await page.goto(site.url + path);
      return page;
    },
    async close() {
      await browser.close();
      await site.close();
    },
  };
}
