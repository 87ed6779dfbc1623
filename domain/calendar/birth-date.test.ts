import fc from 'fast-check';

import {
  type BirthDateFault,
  birthDateFromParts,
  birthEras,
  explainBirthDateFault,
  faultyParts,
  parseBirthDate,
} from './birth-date';
import { addDays } from './city-time';
import { eraOf, eras, formatBothCalendars } from './era';
import { datePartsOf } from './plain-date';

const today = '2021-04-01';

function parsed(text: string): string {
  const result = parseBirthDate(text, today);
  return result.ok ? result.value : result.fault.code;
}

describe('a birth date as one text', () => {
  it.each([
    '1947-04-01',
    '1947/4/1',
    '1947/04/01',
    '1947.4.1',
    '19470401',
    '１９４７０４０１',
    '１９４７年４月１日',
    '１９４７／４／１',
    '西暦1947年4月1日',
    '1947年4月1日生まれ',
    '1947/4/1 0:00',
    '1947-04-01 00:00:00',
    '1947-04-01T00:00:00Z',
    '一九四七年四月一日',
    '昭和22年4月1日',
    '昭和二十二年四月一日',
    '昭和２２年　４月　１日',
    '昭和22年04月01日',
    '昭22.4.1',
    '昭22/4/1',
    '昭和 22-4-1',
    '㍼22年4月1日',
    'S22.4.1',
    'S.22.4.1',
    's22/4/1',
    'Ｓ２２．４．１',
    'S22年4月1日',
    's220401',
    '昭和220401',
    '3220401',
    '３２２０４０１',
    ' 1947-4-1 ',
  ])('is read from %j', (text) => {
    expect(parsed(text)).toBe('1947-04-01');
  });

  it.each([
    ['昭和64年1月7日', '1989-01-07'],
    ['昭和64年1月1日', '1989-01-01'],
    ['平成元年1月8日', '1989-01-08'],
    ['平成1年1月8日', '1989-01-08'],
    ['H1.1.8', '1989-01-08'],
    ['4010108', '1989-01-08'],
    ['昭和元年12月25日', '1926-12-25'],
    ['大正15年12月24日', '1926-12-24'],
    ['大正十年十月二十日', '1921-10-20'],
    ['明治45年7月29日', '1912-07-29'],
    ['令和元年5月1日', '2019-05-01'],
    ['平成31年4月30日', '2019-04-30'],
    ['1972-02-29', '1972-02-29'],
    ['昭和47年2月29日', '1972-02-29'],
    ['2021-04-01', '2021-04-01'],
  ])('%s is %s', (text, date) => {
    expect(parsed(text)).toBe(date);
  });

  it.each<[string, BirthDateFault['code']]>([
    ['', 'missing'],
    ['　', 'missing'],
    ['昭和64年2月1日', 'outside_era'],
    ['昭和64年1月8日', 'outside_era'],
    ['平成元年1月7日', 'outside_era'],
    ['大正15年12月25日', 'outside_era'],
    ['令和元年4月30日', 'outside_era'],
    ['平成31年5月1日', 'outside_era'],
    ['明治元年1月1日', 'outside_era'],
    ['1947/2/30', 'no_such_day'],
    ['1947-13-01', 'no_such_day'],
    ['19470431', 'no_such_day'],
    ['1900-02-29', 'no_such_day'],
    ['昭和22年2月30日', 'no_such_day'],
    ['3220230', 'no_such_day'],
    ['2031-01-01', 'future'],
    ['2021-04-02', 'future'],
    ['令和5年1月1日', 'future'],
    ['1867-12-31', 'too_old'],
    ['0047-04-01', 'too_old'],
    ['22/4/1', 'era_unknown'],
    ['220401', 'era_unknown'],
    ['昭和0年4月1日', 'unreadable'],
    ['17258', 'unreadable'],
    ['6220401', 'unreadable'],
    ['four score', 'unreadable'],
    ['1947年', 'unreadable'],
    ['1947-04-01 08:30', 'unreadable'],
    ['昭和2二2年4月1日', 'unreadable'],
  ])('%j is refused: %s', (text, code) => {
    expect(parsed(text)).toBe(code);
  });

  it('that never was gets a sentence that helps, not a guess', () => {
    const sentence = (text: string): string => {
      const result = parseBirthDate(text, today);
      return result.ok ? '' : explainBirthDateFault(result.fault);
    };
    expect(sentence('昭和64年2月1日')).toBe(
      '昭和64年2月1日という日はありません。昭和は64年1月7日までです。平成元年（1989年）の生まれでないか、ご確認ください。',
    );
    expect(sentence('平成元年1月3日')).toBe(
      '平成元年1月3日という日はありません。平成は元年1月8日からです。昭和64年（1989年）の生まれでないか、ご確認ください。',
    );
    expect(sentence('1947/2/30')).toBe('1947年2月30日という日はありません。生年月日をご確認ください。');
    expect(sentence('昭和22年2月30日')).toBe('昭和22年2月30日という日はありません。生年月日をご確認ください。');
    expect(sentence('2031-01-01')).toBe('生年月日が今日より後の日付になっています。年をご確認ください。');
  });

  it('reads back every day since 明治 in every form', () => {
    const day = fc.integer({ min: 0, max: 55_675 }).map((days) => addDays('1868-10-23', days));
    fc.assert(
      fc.property(day, (date) => {
        const { year, month, day: dayOfMonth } = datePartsOf(date);
        const era = eraOf(date);
        if (era === undefined) throw new Error('no era');
        const two = (value: number): string => String(value).padStart(2, '0');
        const eraYear = year - era.base;
        const forms = [
          date,
          `${year}/${month}/${dayOfMonth}`,
          `${year}${two(month)}${two(dayOfMonth)}`,
          `${era.name}${eraYear === 1 ? '元' : eraYear}年${month}月${dayOfMonth}日`,
          `${era.letter}${eraYear}.${month}.${dayOfMonth}`,
          `${era.letter.toLowerCase()}${two(eraYear)}${two(month)}${two(dayOfMonth)}`,
          `${era.code}${two(eraYear)}${two(month)}${two(dayOfMonth)}`,
        ];
        for (const form of forms) expect(parsed(form)).toBe(date);
        expect(
          birthDateFromParts(
            { era: era.name, year: String(eraYear), month: String(month), day: String(dayOfMonth) },
            today,
          ),
        ).toEqual({ ok: true, value: date });
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with the calendar of the platform', () => {
    const format = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', {
      era: 'long',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      timeZone: 'UTC',
    });
    for (const era of eras) {
      for (const days of [0, 1, 200, 400]) {
        const date = addDays(era.firstDay, days);
        const ours = /（(.*?)年）/.exec(formatBothCalendars(date))?.[1]?.replace('元', '1');
        expect(format.format(new Date(`${date}T00:00:00Z`)).split('/')[0]).toBe(ours);
      }
    }
  });

  it('is refused in words whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 20 }),
          fc.stringMatching(/^[昭平SsHh0-9./年月日元十一-]{1,12}$/),
        ),
        (text) => {
          const result = parseBirthDate(text, today);
          if (result.ok) expect(result.value).toMatch(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/);
          else expect(explainBirthDateFault(result.fault)).toMatch(/。$/);
        },
      ),
    );
  });
});

describe('a birth date in three boxes', () => {
  it.each([
    { year: '1947', month: '4', day: '1' },
    { year: '１９４７', month: '０４', day: '０１' },
    { year: '1947年', month: '4月', day: '1日' },
    { year: '西暦1947', month: '4', day: '1' },
    { year: '昭22', month: '4', day: '1' },
    { year: '昭和22年', month: '4', day: '1' },
    { year: 'S22', month: '4', day: '1' },
    { year: 'ｓ２２', month: '4', day: '1' },
    { era: '昭和', year: '22', month: '4', day: '1' },
    { era: '昭和', year: '昭和22', month: '4', day: '1' },
    { era: '昭和', year: '1947', month: '4', day: '1' },
    { era: 'S', year: '22', month: '4', day: '1' },
    { era: '', year: '1947', month: '4', day: '1' },
    { era: 'western', year: '1947', month: '4', day: '1' },
    { year: '1947/4/1', month: '', day: '' },
    { year: 's220401', month: '', day: '' },
  ])('is read from %j', (boxes) => {
    expect(birthDateFromParts(boxes, today)).toEqual({ ok: true, value: '1947-04-01' });
  });

  it.each([
    [{ era: '平成', year: '元', month: '1', day: '8' }, '1989-01-08'],
    [{ era: '昭和', year: '64', month: '1', day: '7' }, '1989-01-07'],
  ])('%j is %s', (boxes, date) => {
    expect(birthDateFromParts(boxes, today)).toEqual({ ok: true, value: date });
  });

  it.each<[{ era?: string; year: string; month: string; day: string }, BirthDateFault['code'], string[]]>([
    [{ year: '', month: '', day: '' }, 'missing', ['year', 'month', 'day']],
    [{ year: '1947', month: '', day: '1' }, 'missing', ['month']],
    [{ year: '22', month: '4', day: '1' }, 'era_unknown', ['year']],
    [{ era: '平成', year: '1947', month: '4', day: '1' }, 'era_contradiction', ['year']],
    [{ era: '平成', year: '昭和22', month: '4', day: '1' }, 'era_contradiction', ['year']],
    [{ era: '昭和', year: '64', month: '2', day: '1' }, 'outside_era', ['year', 'month', 'day']],
    [{ year: '1947', month: '2', day: '30' }, 'no_such_day', ['day']],
    [{ year: '1947', month: '13', day: '1' }, 'no_such_day', ['month']],
    [{ year: 'x', month: '1', day: '1' }, 'unreadable', ['year']],
    [{ year: '1947', month: 'x', day: '1' }, 'unreadable', ['month']],
    [{ year: '1947', month: '1', day: '100' }, 'unreadable', ['day']],
    [{ year: '2031', month: '1', day: '1' }, 'future', ['year', 'month', 'day']],
  ])('%j is refused: %s', (boxes, code, parts) => {
    const result = birthDateFromParts(boxes, today);
    expect(result).toMatchObject({ ok: false, fault: { code } });
    if (!result.ok) expect(faultyParts(result.fault)).toEqual(parts);
  });

  it('offers the eras oldest first', () => {
    expect(birthEras).toEqual(['明治', '大正', '昭和', '平成', '令和']);
  });
});

describe('both calendars', () => {
  it.each([
    ['1947-04-01', '1947年（昭和22年）4月1日'],
    ['1989-01-07', '1989年（昭和64年）1月7日'],
    ['1989-01-08', '1989年（平成元年）1月8日'],
    ['2021-05-29', '2021年（令和3年）5月29日'],
    ['1868-10-22', '1868年10月22日'],
  ])('%s is %s', (date, text) => {
    expect(formatBothCalendars(date)).toBe(text);
  });
});
