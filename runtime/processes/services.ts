import type { Client } from '@temporalio/client';

import { type Database, openDatabase } from '../../database/foundation/connection';
import { type KeyRing, parseKeys } from '../../database/foundation/keys';
import { timeLimits } from '../../database/foundation/time-limits';
import { createDatabaseServices, type DatabaseServices } from '../../database/services';
import { createTemporalClient, type TemporalAccess } from '../../engine/temporal/temporal-client';
import type { Config } from '../config';
import { startDatabase, startTemporal, temporalAccess } from '../servers/backing-services';
import { holdDataFolder, keysOf } from '../servers/data-folder';
import { readRuntimeFile } from '../servers/runtime-file';
import { StartError } from '../start-error';

/** What a command of the command line tool works with. */
export interface Services extends DatabaseServices {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly database: Database;
  readonly keys: KeyRing;
  readonly temporalAccess: TemporalAccess;
  /** Connects when it is first used. */
  readonly temporal: Client;
  /** Whether `npm start` runs on the same data folder, with its worker. Otherwise a command that needs one runs it itself. */
  readonly supervised: boolean;
}

export interface ServiceOptions {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** Without it, an embedded Temporal is not started; `temporal` then only works where one is running anyway. */
  readonly withTemporal: boolean;
}

/** The keys in force: from the environment, else those of the data folder. */
export function keysInForce(config: Config): string {
  return config.keys ?? keysOf(config.dataDir);
}

/** Ctrl-C ends a command by way of its `finally`, so that servers started for it are stopped and not left behind. */
function onInterruption() {
  const controller = new AbortController();
  const interrupt = () => {
    controller.abort(new StartError('Interrupted.'));
  };
  const happened = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => {
      reject(controller.signal.reason as StartError);
    });
  });
  // Nobody may be waiting for it yet when it happens.
  happened.catch(() => undefined);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  process.on('disconnect', interrupt);
  return {
    signal: controller.signal,
    happened,
    letGo() {
      for (const signal of signals) process.off(signal, interrupt);
      process.off('disconnect', interrupt);
      process.channel?.unref();
    },
  };
}

/**
 * Runs `work` with database and Temporal: those of the environment, else those of a running `npm start`, else embedded
 * ones started for this one command and stopped after it. Everything opened here is closed when `work` has ended.
 *
 * @throws StartError when a server can neither be found nor started; and whatever `work` throws.
 */
export async function withServices<Result>(
  options: ServiceOptions,
  work: (services: Services) => Promise<Result>,
): Promise<Result> {
  const { config, env, say, withTemporal } = options;
  const interruption = onInterruption();
  const running = readRuntimeFile(config.dataDir);
  const closing: (() => unknown)[] = [];
  try {
    let databaseUrl = config.databaseUrl ?? running?.databaseUrl;
    let access =
      config.temporalAddress !== undefined || running
        ? temporalAccess(config, config.temporalAddress ?? running?.temporalAddress ?? '')
        : undefined;
    if (databaseUrl === undefined || (withTemporal && !access)) {
      const held = holdDataFolder(config.dataDir);
      closing.unshift(() => {
        held.letGo();
      });
    }
    if (databaseUrl === undefined) {
      const service = await startDatabase(config, say);
      closing.unshift(() => service.stop());
      databaseUrl = service.address;
      interruption.signal.throwIfAborted();
    }
    if (withTemporal && !access) {
      const service = await startTemporal({ config, env, say, signal: interruption.signal });
      closing.unshift(() => service.stop());
      interruption.signal.throwIfAborted();
      access = service.address.access;
    }
    access ??= temporalAccess(config, '127.0.0.1:7233');
    const keys = parseKeys(keysInForce(config));
    const database = openDatabase({
      url: databaseUrl,
      applicationName: 'toki command',
      poolSize: 4,
      limits: timeLimits.upkeep,
    });
    closing.unshift(() => database.destroy());
    const temporal = createTemporalClient(access, keys);
    closing.unshift(() => temporal.connection.close());
    const services = {
      ...createDatabaseServices({ database, keys }),
      config,
      databaseUrl,
      database,
      keys,
      temporalAccess: access,
      temporal,
      supervised: running !== undefined,
    };
    return await Promise.race([work(services), interruption.happened]);
  } finally {
    for (const close of closing) await close();
    interruption.letGo();
  }
}
