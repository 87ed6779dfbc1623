import fc from 'fast-check';

import { makeKeys, parseKeys, sealedKeyId, SealError } from '../../database/foundation/keys';
import { createLineLinks } from '../../database/notices/line-links';
import { createResidentSearch } from '../../database/residents/resident-search';
import { createResidentRepository, digestTextOf } from '../../database/residents/residents';
import { searchedKeys, searchKeysOf, telephoneText } from '../../database/residents/search-keys';
import { rotateKeys } from '../../database/upkeep/key-rotation';
import { createTestCity, testKeysText, validAnswers } from '../worlds/test-city';

describe('sealed fields', () => {
  const keys = parseKeys(makeKeys('a'));

  it('open to what was sealed, and never look the same twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(keys.open(keys.seal(text)).toString('utf8')).toBe(Buffer.from(text, 'utf8').toString('utf8'));
        expect(keys.seal(text).equals(keys.seal(text))).toBe(false);
      }),
    );
  });

  it('do not open when one bit was changed, or with another key of the same name', () => {
    const sealed = keys.seal('昭和22年4月1日');
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const changed = Buffer.from(sealed);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => keys.open(changed)).toThrow(SealError);
      }),
    );
    expect(() => parseKeys(makeKeys('a')).open(sealed)).toThrow(SealError);
    expect(() => keys.open(Buffer.alloc(3))).toThrow(SealError);
  });

  it('open with an older key of the ring, and are sealed with the first', () => {
    const [old, fresh] = [makeKeys('old'), makeKeys('new')];
    const sealed = parseKeys(old).seal('x');
    const ring = parseKeys(`${fresh},${old}`);
    expect(ring.open(sealed).toString()).toBe('x');
    expect(sealedKeyId(ring.seal('x'))).toBe('new');
  });

  it.each([
    '',
    'abc',
    'a=',
    'a=AAAA',
    `a b=${Buffer.alloc(32).toString('base64')}`,
    `${makeKeys('a')},${makeKeys('a')}`,
  ])('refuse the key text %j without showing it', (text) => {
    expect(() => parseKeys(text)).toThrow(/^TOKI_KEYS: [^=]*(=base64 of 32 bytes|of its own)$/);
  });

  it('are indexed under a key of their own', () => {
    const ring = parseKeys(makeKeys('a'));
    expect(ring.blindIndex('x').equals(ring.derived('toki/seal')[0]?.key.export() as Buffer)).toBe(false);
    expect(ring.blindIndexes('x')).toEqual([ring.blindIndex('x')]);
  });
});

describe('key rotation, on real PostgreSQL', () => {
  it('seals everything again, keeps log-in working throughout, and needs the old key no more', async () => {
    const city = await createTestCity();
    try {
      const residentId = await city.addResident({ number: '9912345678', birthDate: '1950-02-03' });
      const slotId = await city.addSlot();
      const held = await city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' });
      if (!held.ok) throw new Error(held.code);
      await city.bookings.confirm({
        residentId,
        bookingId: held.booking.id,
        answers: validAnswers,
        channel: 'web',
        actor: 'citizen',
      });

      const user = `U${'0123456789abcdef'.repeat(2)}`;
      await createLineLinks({ database: city.database, keys: city.keys }).link(residentId, user);
      const freshText = makeKeys('fresh');
      const fresh = parseKeys(freshText);
      const ring = parseKeys(`${freshText},${testKeysText}`);
      const residents = createResidentRepository({ database: city.database, keys: ring });
      expect(await residents.findByCoupon(city.version.programmeId, '9912345678')).toMatchObject({ id: residentId });

      expect(await rotateKeys(city.database, ring)).toMatchObject({ rows: { resident: 1, booking: 1, line_link: 1 } });
      const after = createResidentRepository({ database: city.database, keys: fresh });
      expect(await after.findByCoupon(city.version.programmeId, '9912345678')).toMatchObject({
        id: residentId,
        birthDate: '1950-02-03',
      });
      const row = await city
        .database('booking')
        .where({ id: held.booking.id })
        .first<{ sealed_answers: Buffer }>('sealed_answers');
      expect(JSON.parse(fresh.open(row.sealed_answers).toString())).toMatchObject({ telephone: '09012345678' });
      const resident = await city.database('resident').where({ id: residentId }).first<{ digest: Buffer }>('digest');
      expect(
        resident.digest.equals(fresh.blindIndex(digestTextOf({ number: '9912345678', birthDate: '1950-02-03' }))),
      ).toBe(true);
      const keysInUse = await city
        .database('resident')
        .where({ id: residentId })
        .first<{ search_keys: string[] }>(city.database.raw('search_keys::text[]'));
      expect(keysInUse.search_keys).toEqual(searchKeysOf(fresh, { birthDate: '1950-02-03' }));
      const telephone = await city
        .database('booking')
        .where({ id: held.booking.id })
        .first<{ telephone_key: string }>(city.database.raw('telephone_key::text'));
      expect(searchedKeys(fresh, telephoneText('09012345678'))).toEqual([telephone.telephone_key]);
      // No event tells the lists' copy of it.
      const found = await createResidentSearch({ database: city.database, keys: fresh }).find(
        city.version.programmeId,
        { telephone: '09012345678' },
        { after: undefined, limit: 5 },
      );
      expect(found.found.map((resident) => resident.id)).toEqual([residentId]);
      expect((await rotateKeys(city.database, ring)).rows).toMatchObject({ resident: 0, booking: 0, line_link: 0 });
      const links = createLineLinks({ database: city.database, keys: fresh });
      expect(await links.userOf(residentId)).toBe(user);
      expect(await links.unlinkUser(user)).toBe(1);
    } finally {
      await city.close();
    }
  });
});
