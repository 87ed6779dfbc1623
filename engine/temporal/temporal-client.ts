import { readFileSync } from 'node:fs';

import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import type { TLSConfig } from '@temporalio/common/lib/internal-non-workflow';

import type { KeyRing } from '../../database/foundation/keys';
import { defined } from '../../domain/text/defined';
import { createDataConverter } from './data-converter';

/** Where Temporal is and how to get in; as `runtime/config` reads it. Paths are absolute. */
export interface TemporalAccess {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
  readonly apiKey?: string | undefined;
  readonly tls?:
    | {
        readonly enabled: boolean;
        readonly serverName: string | undefined;
        readonly serverCaFile: string | undefined;
        readonly clientCertFile: string | undefined;
        readonly clientKeyFile: string | undefined;
      }
    | undefined;
}

/** The options shared by the client's connection and the worker's. Throws when a certificate cannot be read. */
export function connectionOptions({ address, apiKey, tls }: TemporalAccess): {
  address: string;
  tls: TLSConfig | boolean;
  apiKey?: string;
} {
  return { address, tls: tlsOptions(tls), ...defined({ apiKey }) };
}

function tlsOptions(tls: TemporalAccess['tls']): TLSConfig | boolean {
  if (!tls?.enabled) return false;
  return {
    ...defined({ serverNameOverride: tls.serverName }),
    ...(tls.serverCaFile === undefined ? {} : { serverRootCACertificate: readFileSync(tls.serverCaFile) }),
    ...(tls.clientCertFile === undefined || tls.clientKeyFile === undefined
      ? {}
      : { clientCertPair: { crt: readFileSync(tls.clientCertFile), key: readFileSync(tls.clientKeyFile) } }),
  };
}

/**
 * A client that connects when it is first used and again whenever the connection was lost, so a process that needs
 * Temporal only now and then starts without it. Close `client.connection` at the end.
 */
export function createTemporalClient(
  access: TemporalAccess,
  keys: KeyRing,
): Client & { readonly connection: Connection } {
  const connection = Connection.lazy({
    ...connectionOptions(access),
    // The caller has its own way of trying again (relay, queue); the default's ten attempts would only hide an outage.
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: 3 }))],
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 2_000 },
  });
  return new Client({ connection, namespace: access.namespace, dataConverter: createDataConverter(keys) }) as Client & {
    readonly connection: Connection;
  };
}
