import { Client } from 'pg';
import type { Browser } from 'playwright-core';

import { bookingWorkflowId } from '../../domain/contracts/booking-workflow';
import { createWorkflowUrls } from '../../engine/requests/workflow-urls';
import { describeInBrowser } from '../support/chromium';
import { patienceMs } from '../support/patience';
import { createTokiPlace, RunningToki, type TokiPlace } from '../support/running-toki';
import { desktop, launchBrowser } from './support/browser';

jest.setTimeout(240_000);

describeInBrowser('the Temporal UI that `npm start` brings up', () => {
  let place: TokiPlace;
  let toki: RunningToki;
  let browser: Browser;
  beforeAll(async () => {
    place = await createTokiPlace();
    toki = new RunningToki(place);
    [browser] = await Promise.all([launchBrowser(), toki.ready()]);
  });
  afterAll(async () => {
    await browser.close();
    await toki.stop();
    place.remove();
  });

  /** A confirmed booking of the demo city, with the words that its page must show. */
  async function someBooking(): Promise<{ id: string; venueName: string }> {
    const client = new Client({ connectionString: toki.runtime.databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ id: string; venueName: string }>(
        `SELECT b.id, v.name AS "venueName" FROM booking b JOIN slot s ON s.id = b.slot_id JOIN venue v ON v.id = s.venue_id WHERE b.state = 'confirmed' ORDER BY b.id LIMIT 1`,
      );
      return rows[0]!;
    } finally {
      await client.end();
    }
  }

  test('a booking’s page, as the staff’s screens link to it, shows its payloads decoded by the codec that it was told of', async () => {
    const { id, venueName } = await someBooking();
    const url = createWorkflowUrls(() => toki.runtime.temporalUiUrl, 'default')(bookingWorkflowId(id)) ?? '';
    const context = await browser.newContext({ viewport: desktop, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    const decoded = page.waitForResponse(
      (response) =>
        response.url().startsWith(`${toki.runtime.staffUrl}/codec/decode`) && response.request().method() === 'POST',
    );
    await page.goto(url);
    expect((await decoded).status()).toBe(200);
    // It leads on to the latest run.
    await page.waitForURL(/\/workflows\/booking%2F[0-9a-f-]{36}\/[0-9a-f-]{36}\//);
    await page.getByText(venueName, { exact: false }).first().waitFor();
    const text = await page.locator('body').innerText();
    expect(text).toContain('slotStartsAt');
    expect(text).not.toContain('binary/encrypted');
    await context.close();
  });

  test('the codec answers nobody else', async () => {
    const answer = await fetch(`${toki.runtime.staffUrl}/codec/decode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://evil.example' },
      body: '{"payloads":[]}',
    });
    expect(answer.status).toBe(403);
  });
});
