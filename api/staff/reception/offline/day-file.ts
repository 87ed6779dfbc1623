import { createCipheriv, createHash, pbkdf2, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { DayListEntry } from '../../../../database/reception';
import { cityDate, cityTime, formatDateJa } from '../../../../domain/calendar/city-time';
import { mostTicks } from '../../../../domain/reception/ticks';
import { toldWords } from '../../../../domain/reception/told';
import { disclosureTo, protectedWords } from '../../../../domain/staff/visibility';
import { foldKana } from '../../../../domain/text/kana';

const derive = promisify(pbkdf2);
/** OWASP's figure for PBKDF2 with SHA-256; 0.2 to 1 s on the machines that open the file. */
const iterations = 600_000;

export interface DayFileContent {
  readonly fileId: string;
  readonly tickKey: Buffer;
  readonly venueName: string;
  /** City date. */
  readonly day: string;
  readonly madeAt: Date;
  readonly entries: readonly DayListEntry[];
  /** What a seat is called in this file alone, where nothing may lead to whose it is. */
  readonly seatIdOf: (bookingId: string) => string;
}

/** Writes a day list as one page that needs no server: everything personal in it is encrypted under the passphrase. */
export function createDayFileWriter(
  projectRoot: string,
): (content: DayFileContent, passphrase: string) => Promise<string> {
  const part = (name: string) => readFileSync(join(projectRoot, 'api', 'staff', 'reception', 'offline', name), 'utf8');
  const template = part('day-list.html');
  const style = part('day-list.css');
  const script = part('day-list.js');
  // The page can reach nobody: no network at all, and no script but this one.
  const csp = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; base-uri 'none'; form-action 'none'`;

  return async ({ fileId, tickKey, venueName, day, madeAt, entries, seatIdOf }, passphrase) => {
    const salt = randomBytes(16);
    const iv = randomBytes(12);
    const key = await derive(passphrase.normalize('NFKC').trim(), salt, iterations, 32, 'sha256');
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    cipher.setAAD(Buffer.from(fileId, 'utf8'));
    const plain = JSON.stringify({
      tickKey: tickKey.toString('base64'),
      mostTicks,
      entries: entries.map((entry) => entryOf(entry, seatIdOf)),
    });
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const sealed = {
      file: fileId,
      name: `${day}_${venueName}`,
      iterations,
      salt: salt.toString('base64'),
      iv: iv.toString('base64'),
      body: body.toString('base64'),
    };
    const values: Readonly<Record<string, string>> = {
      csp,
      style,
      script,
      day: escape(day),
      dayWords: escape(formatDateJa(day)),
      venue: escape(venueName),
      count: String(entries.length),
      madeAt: escape(`${formatDateJa(cityDate(madeAt))} ${cityTime(madeAt)}`),
      // `<` would end the block that the browser reads it from.
      sealed: JSON.stringify(sealed).replaceAll('<', '\\u003c'),
    };
    return template.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => values[name] ?? '');
  };
}

function entryOf(entry: DayListEntry, seatIdOf: DayFileContent['seatIdOf']) {
  const time = cityTime(entry.startsAt);
  if (disclosureTo('venue_day', entry) !== 'whole')
    return {
      id: seatIdOf(entry.bookingId),
      isProtected: true,
      label: protectedWords,
      time,
      dose: entry.dose,
      state: entry.state,
      search: `${time.replace(':', '')} ${time} ${protectedWords}`,
    };
  return {
    id: entry.bookingId,
    reference: entry.reference,
    coupon: entry.couponNumber,
    time,
    dose: entry.dose,
    state: entry.state,
    kana: entry.kana,
    told: toldWords(entry.told),
    birthWords: formatDateJa(entry.birthDate).replace(/（.*/, ''),
    search: `${entry.reference} ${entry.couponNumber} ${time.replace(':', '')} ${time} ${(entry.kana ?? '').replace(/[\s\u3000]/g, '')} ${foldKana(entry.kana ?? '')}`,
  };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
