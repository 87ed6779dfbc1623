import type { Schema } from '../api/api';

export type NoticeStatus = Schema<'NoticeLine'>['status'];

export const noticeStatusWords: Readonly<Record<NoticeStatus, string>> = {
  queued: '送信待ち',
  sending: '送信中',
  sent: '送信済み',
  failed: '届かなかった',
  unclear: '届いたか不明',
  skipped: '送らなかった',
};

export const noticeStatusTones: Readonly<Record<NoticeStatus, 'good' | 'warn' | 'bad' | 'plain'>> = {
  queued: 'plain',
  sending: 'plain',
  sent: 'good',
  failed: 'bad',
  unclear: 'warn',
  skipped: 'plain',
};
