import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProgrammeDocument } from '../programmes/document';
import { type NoticeSubject, writeNotice } from './write-notice';

const document = JSON.parse(
  readFileSync(join(__dirname, '../../test/data/plain-programme.json'), 'utf8'),
) as ProgrammeDocument;
const subject: NoticeSubject = {
  dose: 1,
  reference: '482913505',
  endReason: null,
  appointment: { startsAt: new Date('2021-05-29T01:30:00Z'), venueName: '桜木会場', venueAddress: '新潟市中央区1番地' },
};

function write(stepId: string, changes: Partial<NoticeSubject> = {}) {
  const step = document.journey.find((item) => item.id === stepId);
  if (!step) throw new Error(`the demo programme has no step ${stepId}`);
  return writeNotice(document, step, { ...subject, ...changes }, 'https://yoyaku.example.jp');
}

test('a confirmation names date in both calendars, time, venue, dose and reference', () => {
  const { subject: line, text } = write('confirmation');
  expect(line).toBe('【新潟市】1回目の予約を受け付けました');
  for (const words of [
    '2021年（令和3年）5月29日（土）',
    '午前10時30分',
    '桜木会場',
    '482-913-505',
    'https://yoyaku.example.jp',
    '接種券',
  ])
    expect(text).toContain(words);
});

test('a change names the appointment before, where there is one', () => {
  const before = { startsAt: new Date('2021-05-22T04:00:00Z'), venueName: '北会場', venueAddress: '' };
  expect(write('change', { before }).text).toContain('5月22日（土） 午後1時 北会場');
  expect(write('change').text).not.toContain('前の予約');
});

test.each([
  ['citizen', 'ご本人のお手続き'],
  ['operator', 'コールセンターでのお手続き'],
  ['city', '市の都合'],
] as const)('a cancellation by %s says so', (endReason, words) => {
  expect(write('cancellation', { endReason }).text).toContain(`取り消しました。（${words}）`);
});

test('an invitation names the next dose', () => {
  expect(write('invitation').subject).toContain('2回目');
});

test('every text of the programme is filled in completely, as text and as HTML', () => {
  for (const step of document.journey) {
    const { subject: line, text, html } = write(step.id);
    for (const part of [line, text, html]) expect(part).not.toMatch(/\{\{|undefined|null/);
    expect(line).not.toMatch(/[\r\n]/);
  }
});

test('a notice in another language says so, and leads to the site in it', () => {
  const english = {
    ...document,
    schema: 2 as const,
    translations: {
      en: {
        reviewed: true,
        templates: { confirmation: { subject: 'Booked', text: 'See {{siteUrl}} or call {{callCentreTelephone}}.' } },
      },
    },
  };
  const written = (id: string) => {
    const step = english.journey.find((item) => item.id === id);
    if (!step) throw new Error(`no step ${id}`);
    return writeNotice(english, step, subject, 'https://yoyaku.example.jp', 'en');
  };
  expect(written('confirmation')).toMatchObject({
    subject: 'Booked',
    text: expect.stringContaining('See https://yoyaku.example.jp/?lang=en or') as unknown,
    html: expect.stringContaining('<html lang="en">') as unknown,
  });
  expect(written('confirmation').html).toContain('<a href="https://yoyaku.example.jp/?lang=en"');
  // What nobody has translated stays Japanese.
  expect(written('change').html).toContain('<html lang="ja">');
  expect(written('change').text).not.toContain('lang=');
});
