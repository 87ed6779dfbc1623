/** The lanes of a slot's seats, and by which of them a person booked. What a lane is called and in which order they come is said here alone. */
// eslint-disable-next-line no-restricted-syntax -- the one list
export const channels = ['web', 'phone', 'line', 'venue'] as const;
export type Channel = (typeof channels)[number];

/** As staff call them. */
// eslint-disable-next-line no-restricted-syntax -- the one table
export const channelWords: Readonly<Record<Channel, string>> = {
  web: 'ウェブ',
  phone: '電話',
  line: 'LINE',
  venue: '会場',
};

/** One value for each lane. */
export function byChannel<Value>(of: (channel: Channel) => Value): Record<Channel, Value> {
  return Object.fromEntries(channels.map((channel) => [channel, of(channel)])) as Record<Channel, Value>;
}
