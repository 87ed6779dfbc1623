import type { ResidentSearchTerms } from '../../domain/residents/search-text';
import { foldKana } from '../../domain/text/kana';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { catchUp } from '../lists';
import { openResident, type SealedResident } from './residents';
import { birthDateText, kanaText, searchedKeys, telephoneText } from './search-keys';

/** A person who fits a search, opened: not to be shown before the identity check. */
export interface FoundResident extends SealedResident {
  readonly id: string;
}

export interface FoundPage {
  readonly found: readonly FoundResident[];
  /** Where the next page goes on; null when this is the last. */
  readonly next: string | null;
}

/** Rows looked at in one search: beginnings of names that half the city shares are not read to their end. */
const mostRows = 2_000;
const rowsAtOnce = 250;
/** Bookings of one telephone number, e.g. of a care home. */
const mostByTelephone = 200;

export type ResidentSearch = ReturnType<typeof createResidentSearch>;

/** Finds residents by the blind indexes of what callers say. Pages are in order of id, so that they hold still. */
export function createResidentSearch({ database, keys }: { database: Database; keys: KeyRing }) {
  /** Residents that one of the numbers names; undefined when the search has no number. */
  async function idsByNumber(
    programmeId: string,
    { couponNumber, reference, telephone }: ResidentSearchTerms,
  ): Promise<string[] | undefined> {
    if (couponNumber === undefined && reference === undefined && telephone === undefined) return undefined;
    if (telephone !== undefined) await catchUp(database);
    const [byCoupon, byReference, byTelephone] = await Promise.all([
      couponNumber === undefined
        ? []
        : database('resident')
            .where({ programme_id: programmeId })
            .whereIn('coupon_index', keys.blindIndexes(couponNumber))
            .select<{ id: string }[]>('id'),
      reference === undefined
        ? []
        : database('booking')
            .where({ programme_id: programmeId, reference })
            .select<{ id: string }[]>('resident_id as id'),
      telephone === undefined
        ? []
        : database('listed_booking')
            .where({ programme_id: programmeId })
            .whereIn('telephone_key', searchedKeys(keys, telephoneText(telephone)))
            .limit(mostByTelephone)
            .select<{ id: string }[]>('resident_id as id'),
    ]);
    return [...new Set([...byCoupon, ...byReference, ...byTelephone].map((row) => row.id))];
  }

  return {
    /**
     * @param after `next` of the page before
     * @param limit residents of a page
     */
    async find(
      programmeId: string,
      search: ResidentSearchTerms,
      { after, limit }: { after: string | undefined; limit: number },
    ): Promise<FoundPage> {
      const ids = await idsByNumber(programmeId, search);
      if (ids?.length === 0) return { found: [], next: null };
      const found: FoundResident[] = [];
      let last = after;
      for (let seen = 0; seen < mostRows;) {
        const rows = await database('resident')
          .where({ programme_id: programmeId })
          .modify((query) => {
            if (ids) void query.whereIn('id', ids);
            if (search.birthDate !== undefined)
              void query.whereRaw('search_keys && ?::bigint[]', [searchedKeys(keys, birthDateText(search.birthDate))]);
            if (search.kana !== undefined)
              void query.whereRaw('search_keys && ?::bigint[]', [searchedKeys(keys, kanaText(search.kana))]);
            if (last !== undefined) void query.where('id', '>', last);
          })
          .orderBy('id')
          .limit(rowsAtOnce)
          .select<{ id: string; sealed: Buffer }[]>('id', 'sealed');
        for (const row of rows) {
          const resident = openResident(keys, row.sealed);
          if (fits(resident, search)) {
            // One more than asked for is there: the page ends before it.
            if (found.length === limit) return { found, next: last ?? null };
            found.push({ id: row.id, ...resident });
          }
          last = row.id;
        }
        seen += rows.length;
        if (rows.length < rowsAtOnce) return { found, next: null };
      }
      return { found, next: last ?? null };
    },
  };
}

/** The indexes hold the first characters of a name alone: the rest is compared here. */
function fits(resident: SealedResident, { birthDate, kana }: ResidentSearchTerms): boolean {
  return (
    (birthDate === undefined || resident.birthDate === birthDate) &&
    (kana === undefined || foldKana(resident.kana ?? '').startsWith(kana))
  );
}
