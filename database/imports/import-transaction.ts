import type { PoolClient } from 'pg';

import type { Database } from '../foundation/connection';
import { clientTransaction } from '../foundation/transaction';

export type Query = PoolClient['query'];

/** How an activity goes along with long work of the database. */
export interface ImportPace {
  /** Ends the statement that is running, within moments. */
  readonly signal?: AbortSignal;
  /** Told after each step how far the work is. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A statement ran longer than any file needs: its plan does not fit what is in the file. */
export class ImportTakesTooLongError extends Error {
  override name = 'ImportTakesTooLongError';
}

/** For one statement, s. Those of a file of 800,000 rows take some seconds each. */
const statementSeconds = 5 * 60;
/** Memory of one sort or hash; a larger one spills to disk. */
const workMemory = '24MB';
/** `query_canceled`: the limit above, or the signal. */
const cancelled = '57014';

/**
 * A transaction of an import. No statement of it runs without end, pairs rows one by one with rows of another table, or goes
 * on after `signal`.
 * @throws ImportTakesTooLongError; the reason of the signal
 */
export async function importTransaction<Result>(
  database: Database,
  { signal }: Pick<ImportPace, 'signal'>,
  work: (query: Query, client: PoolClient) => Promise<Result>,
  isKept?: (result: Result) => boolean,
): Promise<Result> {
  return clientTransaction(
    database,
    async (client) => {
      signal?.throwIfAborted();
      const { processID } = client as unknown as { readonly processID: number };
      let ending: Promise<unknown> | undefined;
      const end = (): void => {
        // The client is ours until this is answered: nobody else's statement is ended by it.
        ending = database.raw('SELECT pg_cancel_backend(?)', [processID]).then(undefined, () => undefined);
      };
      signal?.addEventListener('abort', end, { once: true });
      const send = client.query.bind(client) as (...args: Parameters<Query>) => unknown;
      const query = ((...args: Parameters<Query>): unknown => {
        signal?.throwIfAborted();
        return send(...args);
      }) as Query;
      try {
        await client.query(
          [
            `SET LOCAL statement_timeout = '${String(statementSeconds)}s'`,
            `SET LOCAL work_mem = '${workMemory}'`,
            // Workers of their own would each take that memory once more.
            'SET LOCAL max_parallel_workers_per_gather = 0',
            // A file can have one kana and one birth date in all its rows; a hash or a merge reads each row once all the same.
            'SET LOCAL enable_nestloop = off',
          ].join('; '),
        );
        return await work(query, client);
      } catch (error) {
        signal?.throwIfAborted();
        if ((error as { code?: string }).code === cancelled)
          throw new ImportTakesTooLongError('a statement of the import took too long', { cause: error });
        throw error;
      } finally {
        signal?.removeEventListener('abort', end);
        await ending;
      }
    },
    isKept,
  );
}
