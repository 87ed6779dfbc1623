import type { ProgrammeDocument } from '../../domain/programmes/document';
import { type Citizen, type CitySite, createCitySite } from '../worlds/city-site';

/** What a person chose in the form, and what they did not choose: the same on the pages, on the page where all is checked, and in JSON. */

let site: CitySite;
beforeAll(async () => {
  site = await createCitySite({ change });
});
afterAll(() => site.close());

const help = [
  { value: 'wheelchair', label: '車いすを使う' },
  { value: 'hearing', label: '筆談を希望する' },
  { value: 'interpreter', label: '通訳を希望する' },
];

function change(document: ProgrammeDocument): void {
  document.form.fields = [
    { name: 'telephone', kind: 'telephone', label: '電話番号', required: true },
    { name: 'help', kind: 'choices', label: '当日のお手伝い', required: false, shownAtReception: true, options: help },
    { name: 'seat', kind: 'choice', label: '待つ席', required: false, none: 'いりません', options: help.slice(0, 2) },
    { name: 'way', kind: 'choice', label: '来る方法', required: false, options: help.slice(0, 2) },
    {
      name: 'spoken',
      kind: 'text',
      label: '通訳のことば',
      required: true,
      maxLength: 50,
      showWhen: [{ kind: 'one_of', field: 'help', values: ['interpreter'] }],
    },
  ];
}

const minute = (() => {
  let count = 0;
  return () => String(count++ % 60).padStart(2, '0');
})();

async function holding(): Promise<{ citizen: Citizen; details: string; id: string }> {
  const citizen = await site.citizen();
  const slotId = await site.city.addSlot({ time: `09:${minute()}` });
  const { id } = (await citizen.post('/api/v1/bookings', { slotId, dose: 1 })).json<{ id: string }>();
  return { citizen, id, details: `/holds/${id}/details` };
}

/** What a browser that ticks the first button of a group by itself would send: nothing was touched but the telephone number. */
function untouched(html: string): Record<string, string[]> {
  const sent: Record<string, string[]> = {};
  for (const [input] of html.matchAll(/<input type="radio"[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1] ?? '';
    const value = /value="([^"]*)"/.exec(input)?.[1] ?? '';
    if (input.includes(' checked') || sent[name] === undefined) sent[name] = [value];
  }
  return sent;
}

describe('a choice nobody made', () => {
  test('is none, even where the browser ticks the first button of every group', async () => {
    const { citizen, details, id } = await holding();
    const page = (await citizen.get(details)).text;
    expect(page).toMatch(/<input type="radio" id="seat-" name="seat" value="" checked><span>いりません</);
    expect(page).toMatch(/<input type="radio" id="way-" name="way" value="" checked><span>選びません</);
    const review = await citizen.follow(
      await citizen.fill(details, details, { telephone: '090-1234-5678', ...untouched(page) }),
    );
    expect(review.path).toBe(`/holds/${id}/review`);
    expect(review.text).toContain('<dd>いりません</dd>');
    expect((await citizen.fill(review.path, /\/confirm$/, {})).status).toBe(303);
    expect(await site.city.bookings.answersOf(id)).toEqual({ telephone: '09012345678' });
  });

  test('and one that was made is taken back by choosing none', async () => {
    const { citizen, details, id } = await holding();
    await citizen.fill(details, details, { telephone: '090-1234-5678', seat: 'wheelchair', help: ['hearing'] });
    const again = (await citizen.get(details)).text;
    expect(again).toMatch(/value="wheelchair" checked><span>車いすを使う/);
    expect(again).toMatch(/<input type="checkbox" id="help-hearing" name="help" value="hearing" checked/);
    await citizen.fill(details, details, { telephone: '090-1234-5678', seat: '' });
    expect((await citizen.get(details)).text).not.toMatch(/value="(wheelchair|hearing)" checked/);
    await citizen.fill(`/holds/${id}/review`, /\/confirm$/, {});
    expect(await site.city.bookings.answersOf(id)).toEqual({ telephone: '09012345678' });
  });
});

describe('several answers of a list', () => {
  test('are ticked, checked, kept in the order of the form', async () => {
    const { citizen, details, id } = await holding();
    expect((await citizen.get(details)).text.match(/<input type="checkbox" id="help-/g)).toHaveLength(3);
    const typed = { telephone: '090-1234-5678', help: ['interpreter', 'wheelchair'], spoken: '手話' };
    const asked = await citizen.follow(await citizen.fill(details, details, typed));
    // The field that an answer brings in came with the next page.
    expect(asked.text).toContain('通訳のことば');
    const review = await citizen.follow(await citizen.fill(asked.path, details, typed));
    expect(review.text).toContain('<dd>車いすを使う、通訳を希望する</dd>');
    expect((await citizen.fill(review.path, /\/confirm$/, {})).status).toBe(303);
    expect(await site.city.bookings.answersOf(id)).toEqual({
      telephone: '09012345678',
      help: ['wheelchair', 'interpreter'],
      spoken: '手話',
    });
  });

  test('in JSON are a list; one alone, none and the labels are understood', async () => {
    const { fields } = (await site.visitor().get('/api/v1/form')).json<{ fields: Record<string, unknown>[] }>();
    expect(fields).toContainEqual(
      expect.objectContaining({ name: 'help', kind: 'choices', required: false, options: help }),
    );
    for (const [given, kept] of [
      [
        ['hearing', 'wheelchair', 'hearing'],
        ['wheelchair', 'hearing'],
      ],
      ['hearing', ['hearing']],
      [['筆談を希望する'], ['hearing']],
      [[], undefined],
      ['', undefined],
      [[''], undefined],
      [null, undefined],
    ] as const) {
      const { citizen, id } = await holding();
      const answers = { telephone: '090-1234-5678', help: given, seat: '' };
      const answer = await citizen.post(`/api/v1/bookings/${id}/confirm`, { answers });
      expect([given, answer.status]).toEqual([given, 200]);
      expect((await site.city.bookings.answersOf(id))?.['help']).toEqual(kept);
    }
    const { citizen, id } = await holding();
    for (const [given, code] of [
      [['wheelchair', 'sedan chair'], 'not_an_option'],
      [['wheelchair', 7], 'malformed'],
      [{ wheelchair: true }, 'malformed'],
    ] as const) {
      const answers = { telephone: '090-1234-5678', help: given };
      const answer = await citizen.post(`/api/v1/bookings/${id}/confirm`, { answers });
      expect([answer.status, answer.json()['faults']]).toEqual([
        422,
        [expect.objectContaining({ field: 'help', code })],
      ]);
    }
  });
});
