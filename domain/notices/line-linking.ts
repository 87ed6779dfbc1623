/** Minutes for which a link token is good, by LINE's rules, and our nonce with it. */
export const linkWithinMinutes = 10;

/** What a person taps in the menu of the official account, as the data of a postback. */
export const linkPostback = 'toki/link';
/** What the site suggests to write. */
export const linkWord = '予約の連携';

/** Whether a person who writes this to the official account wants to link it: the account has other uses, and other messages are not ours to answer. */
export function asksToLink(text: string): boolean {
  return text.length <= 50 && /連携|れんけい|レンケイ/.test(text.normalize('NFKC'));
}

/** LINE's ids of users, as they are in webhooks. */
export function isLineUserId(text: unknown): text is string {
  return typeof text === 'string' && /^U[0-9a-f]{32}$/.test(text);
}
