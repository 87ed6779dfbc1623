import type { ProgrammeDocument } from '../document';

/**
 * What a new programme begins with: one appointment, one group that nobody may book for yet, the notices that every
 * programme needs. It says nothing that the city has not decided: empty texts and a far opening are found by the checks.
 */
export function starterDocument({
  name,
  city,
  opensAt,
}: {
  readonly name: string;
  readonly city: string;
  readonly opensAt: string;
}): ProgrammeDocument {
  return {
    schema: 2,
    name,
    city,
    callCentre: { telephone: '025-000-0000', hours: '平日 午前9時から午後5時まで' },
    identification: { couponNumber: { label: '受診番号', digits: 10 }, birthDate: { label: '生年月日' } },
    groups: [{ code: 'general', label: '対象の方', importedAs: [], isDefault: true, opensAt }],
    doses: [{ number: 1, label: '1回目' }],
    bookingWindow: { firstDay: 1, lastDay: 28 },
    policies: { holdMinutes: 10, cutOffHours: 24, maxChanges: 5, noShowAfterHours: 4 },
    channels: ['web', 'phone'],
    form: {
      fields: [
        {
          kind: 'telephone',
          name: 'telephone',
          label: '電話番号',
          help: '日時や会場が急に変わるときに、こちらへお電話します。',
          required: true,
        },
        {
          kind: 'email',
          name: 'email',
          label: 'メールアドレス',
          help: '予約の控えと、前日のお知らせをお送りします。',
          required: false,
        },
        {
          kind: 'consent',
          name: 'consentUse',
          label: '入力した連絡先を、この予約の連絡に使うことに同意します',
          required: true,
        },
      ],
    },
    journey: [
      { id: 'confirmation', on: 'confirmed', when: { kind: 'now' }, template: 'confirmation' },
      {
        id: 'reminder',
        on: 'confirmed',
        when: { kind: 'days_before', days: 1, at: '10:00' },
        notWithinHours: 24,
        template: 'reminder',
      },
      { id: 'change', on: 'changed', when: { kind: 'now' }, template: 'change' },
      { id: 'cancellation', on: 'cancelled', when: { kind: 'now' }, template: 'cancellation' },
    ],
    templates: {
      confirmation: {
        subject: '【{{cityName}}】予約を受け付けました',
        text: `${greeting('の予約を受け付けました。')}${appointment}\n${foot}`,
      },
      reminder: {
        subject: '【{{cityName}}】明日は予約の日です',
        text: `明日は${greeting('の日です。')}${appointment}\n${foot}`,
      },
      change: {
        subject: '【{{cityName}}】予約を変更しました',
        text: `${greeting('の予約を変更しました。')}${appointment}{{#if oldDate}}\n前の予約（{{oldDate}} {{oldTime}} {{oldVenueName}}）は取り消されています。\n{{/if}}\n${foot}`,
      },
      cancellation: {
        subject: '【{{cityName}}】予約を取り消しました',
        text: `${greeting('の次の予約を取り消しました。')}${appointment}\n${foot}`,
      },
    },
    texts: {
      front: '',
      whatToBring: [],
      afterBooking: '',
      couponHelp: '',
    },
  };
}

const greeting = (rest: string) => `{{programmeName}}（{{doseLabel}}）${rest}\n\n`;
const appointment = '日時：{{date}} {{time}}\n会場：{{venueName}}\n　　　{{venueAddress}}\n受付番号：{{reference}}\n';
const foot = '{{siteUrl}}\nコールセンター {{callCentreTelephone}}（{{callCentreHours}}）\n';
