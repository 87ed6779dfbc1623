import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProgrammeDocument } from '../../domain/programmes/document';
import { projectRoot } from '../../runtime/root';
import { createCitySite } from '../worlds/city-site';
import { createStaffSite } from '../worlds/staff-site';

/** A health check has no coupon and gives no vaccination: nothing that is refused says so, in neither app. */
const healthCheck = JSON.parse(
  readFileSync(join(projectRoot, 'docs/programmes/11-health-check.json'), 'utf8'),
) as ProgrammeDocument;
const coupon = /接種|ワクチン|クーポン/;

test('the sentences of the JSON of both apps are in the programme’s own words', async () => {
  const site = await createCitySite({
    change: (document) => {
      Object.assign(document, healthCheck, {
        groups: [{ ...healthCheck.groups[0], closesAt: undefined }],
        bookingWindow: { firstDay: 1, lastDay: 60 },
      });
    },
  });
  const staff = await createStaffSite({ city: site.city });
  try {
    const wrongDose = await site.city.addSlot({ dose: 1 });
    const visitor = site.visitor();
    const failed = await visitor.post('/api/v1/session', { couponNumber: '19999999', birthDate: '1970-04-01' });
    expect([failed.json()['code'], failed.headers['content-type']]).toEqual([
      'login_failed',
      expect.stringContaining('application/problem+json'),
    ]);
    const refusals = [failed, await visitor.get('/api/v1/me')];
    const operator = await staff.colleague('operator');
    const residentId = await site.city.addResident({ birthDate: '1970-04-01' });
    await staff.identified(operator.staffId, residentId);
    const hold = await operator.post(`/api/v1/residents/${residentId}/bookings`, { slotId: wrongDose, dose: 2 });
    expect(hold.json()['code']).toBe('wrong_dose');
    for (const answer of [...refusals, hold])
      expect(`${String(answer.json()['title'])} ${String(answer.json()['detail'])}`).not.toMatch(coupon);
    expect(failed.json()['detail']).toContain('受診券');
    expect(
      JSON.stringify(
        (await operator.get(`/api/v1/residents/${residentId}`)).json<{ doses: object[] } & Record<string, unknown>>()
          .doses,
      ),
    ).not.toMatch(coupon);
  } finally {
    await staff.close();
    await site.close();
  }
});

test('a vaccination keeps its words', async () => {
  const site = await createCitySite();
  try {
    expect(
      (await site.visitor().post('/api/v1/session', { couponNumber: '1999999999', birthDate: '1970-04-01' })).json()[
        'detail'
      ],
    ).toContain('接種券番号');
  } finally {
    await site.close();
  }
});
