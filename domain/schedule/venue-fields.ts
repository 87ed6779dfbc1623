import { z } from 'zod';

import { venueFeatures } from './venue-features';

const line = (name: string, max: number) =>
  z
    .string(`${name}を入力してください。`)
    .trim()
    .min(1, `${name}を入力してください。`)
    .max(max, `${name}は${String(max)}文字までです。`);
const note = (name: string, max: number) =>
  z
    .string()
    .trim()
    .max(max, `${name}は${String(max)}文字までです。`);

export const venueCode = z
  .string('会場コードを入力してください。')
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, '会場コードは英小文字・数字・ハイフンで40文字までです（例：nishi-gym）。');

/** What the city says of a venue: the form, the sheet and the API are checked by this one description. */
export const venueFields = z.object({
  name: line('会場名', 100),
  ward: line('区', 40),
  address: line('住所', 200),
  access: note('行き方', 500),
  features: z
    .array(z.enum(venueFeatures, '設備の種類が正しくありません。'))
    .max(venueFeatures.length, '設備が重複しています。'),
  // Citizens follow it: no other scheme.
  mapUrl: z
    .url({ protocol: /^https$/, error: '地図のURLは https:// で始まる正しいURLを入力してください。' })
    .max(500, '地図のURLは500文字までです。')
    .nullable(),
  /** For staff: how many people fit where. */
  capacityNotes: note('収容の備考', 500),
  /** For citizens, beside the address. */
  citizenNotes: note('来場される方へのお知らせ', 500),
  active: z.boolean('「受け付ける」か「止める」を選んでください。'),
  position: z
    .int('並び順は0から9999までの数で入力してください。')
    .min(0, '並び順は0から9999までの数で入力してください。')
    .max(9_999, '並び順は0から9999までの数で入力してください。'),
});
export type VenueFields = z.output<typeof venueFields>;
