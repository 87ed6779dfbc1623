import { createHash, randomBytes } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import { linkWithinMinutes } from '../../domain/notices/line-linking';
import type { Database } from '../foundation/connection';
import { type KeyRing, openText } from '../foundation/keys';

export type LineLinks = ReturnType<typeof createLineLinks>;

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();
const isFresh = `created_at > now() - ${String(linkWithinMinutes)} * interval '1 minute'`;

/**
 * Whose LINE account belongs to which resident. The account's id is sealed and found by its blind index; tokens and
 * nonces are stored hashed, and are gone when they are used.
 */
export function createLineLinks({ database, keys }: { database: Database; keys: KeyRing }) {
  return {
    /** The LINE user of a resident; undefined: none is linked. */
    async userOf(residentId: string): Promise<string | undefined> {
      const row = await database('line_link')
        .where({ resident_id: residentId })
        .first<{ sealed_user: Buffer } | undefined>('sealed_user');
      return row && openText(keys, row.sealed_user);
    },

    async isLinked(residentId: string): Promise<boolean> {
      return (
        (await database('line_link').where({ resident_id: residentId }).first<{ id: string } | undefined>('id')) !==
        undefined
      );
    },

    /** Links a user to a resident; another one before is replaced. */
    async link(residentId: string, userId: string): Promise<void> {
      await database('line_link')
        .insert({
          id: uuidv7(),
          resident_id: residentId,
          user_index: keys.blindIndex(userId),
          sealed_user: keys.seal(userId),
        })
        .onConflict('resident_id')
        .merge({ user_index: keys.blindIndex(userId), sealed_user: keys.seal(userId), linked_at: database.fn.now() });
    },

    /** False: there was no link. */
    async unlink(residentId: string): Promise<boolean> {
      return (await database('line_link').where({ resident_id: residentId }).delete()) > 0;
    },

    /** All links of an account that has blocked us; how many there were. */
    async unlinkUser(userId: string): Promise<number> {
      return database('line_link').whereIn('user_index', keys.blindIndexes(userId)).delete();
    },

    /** Notes a link token that LINE gave for one of its users. */
    async keepToken(linkToken: string): Promise<void> {
      await database('line_link_token')
        .insert({ token_hash: hashOf(linkToken) })
        .onConflict('token_hash')
        .ignore();
    },

    /** Whether a link token is one of ours, unused and in its time. */
    async isTokenGood(linkToken: string): Promise<boolean> {
      return (
        (await database('line_link_token')
          .where({ token_hash: hashOf(linkToken) })
          .whereRaw(isFresh)
          .first<object | undefined>(database.raw('1'))) !== undefined
      );
    },

    /** Uses a link token up and gives the nonce by which LINE will name the account for this resident; undefined: used already, or too late. */
    async beginLink(linkToken: string, residentId: string): Promise<string | undefined> {
      return database.transaction(async (trx) => {
        const used = await trx('line_link_token')
          .where({ token_hash: hashOf(linkToken) })
          .whereRaw(isFresh)
          .delete();
        if (used === 0) return undefined;
        const nonce = randomBytes(32).toString('base64url');
        await trx('line_nonce').insert({ nonce_hash: hashOf(nonce), resident_id: residentId });
        return nonce;
      });
    },

    /** LINE names the account of a nonce: linked, once. False: the nonce is not ours, was used, or is too old. */
    async completeLink(nonce: string, userId: string): Promise<boolean> {
      return database.transaction(async (trx) => {
        const [row] = await trx('line_nonce')
          .where({ nonce_hash: hashOf(nonce) })
          .whereRaw(isFresh)
          .delete()
          .returning<{ resident_id: string }[]>('resident_id');
        if (!row) return false;
        // The lock keeps a protection from coming in between: an account is never linked to a person who is protected.
        const resident = await trx('resident')
          .where({ id: row.resident_id, protected: false })
          .forShare()
          .first<{ id: string } | undefined>('id');
        if (!resident) return false;
        await trx('line_link')
          .insert({
            id: uuidv7(),
            resident_id: row.resident_id,
            user_index: keys.blindIndex(userId),
            sealed_user: keys.seal(userId),
          })
          .onConflict('resident_id')
          .merge({ user_index: keys.blindIndex(userId), sealed_user: keys.seal(userId), linked_at: trx.fn.now() });
        return true;
      });
    },

    /** Removes tokens and nonces whose time is over. */
    async removeOutdated(): Promise<void> {
      for (const table of ['line_link_token', 'line_nonce'])
        await database(table).whereRaw(`NOT (${isFresh})`).delete();
    },
  };
}
