import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { Connection } from '@temporalio/client';

import { StartError } from '../start-error';
import { findFreePort } from './free-port';
import { isAlive, markProcess, parseMark } from './process-identity';
import { logTail, readIfThere, type ServerProcess, startServerProcess, stopOrphan } from './server-process';

const readyWithinMs = 60_000;
const stopWithinMs = 15_000;
/** Where people look for the page of Temporal's development server. */
const usualUiPort = 8233;
/** Starts with other ports, where somebody else took one of them at the same moment. */
const mostAttempts = 5;

export interface EmbeddedTemporalOptions {
  /** The `temporal` program, from `findTemporalCli`. */
  readonly cli: string;
  readonly namespace: string;
  /** Search attribute name -> type, as the Temporal command spells it (`Keyword`, `Datetime`, …). */
  readonly searchAttributes: Readonly<Record<string, string>>;
  /** The file all workflows are kept in; without one they live in memory. */
  readonly databaseFile?: string;
  /** With a web page for people, and where that page has encrypted payloads read. */
  readonly ui?: { readonly codecEndpoint: string };
  /** Further dynamic configuration, values as JSON. */
  readonly dynamicConfig?: Readonly<Record<string, string>>;
  /** Ports are kept here, to be the same at the next start, and the process, to be found again after a crash. */
  readonly stateFile: string;
  readonly logFile: string;
  /** Only these ports will do: others are connected to them already. */
  readonly samePorts?: boolean;
}

/** A running Temporal development server of our own. */
export interface EmbeddedTemporal {
  /** `host:port` of the gRPC front. */
  readonly address: string;
  readonly uiUrl: string | undefined;
  readonly server: ServerProcess;
  stop(): Promise<void>;
}

interface State {
  readonly port?: number;
  readonly uiPort?: number;
  readonly process?: unknown;
}

function readState(file: string): State {
  try {
    return JSON.parse(readIfThere(file) ?? '{}') as State;
  } catch {
    return {};
  }
}

/** Stops a server whose supervisor was killed, if there is one. */
export async function stopLeftOverTemporal(stateFile: string): Promise<void> {
  const leftOver = parseMark(readState(stateFile).process);
  if (leftOver && isAlive(leftOver)) await stopOrphan(leftOver, 'SIGTERM', stopWithinMs);
}

async function answers(address: string, namespace: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2_000 });
    try {
      await connection.withDeadline(Date.now() + 2_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

/**
 * For rehearsals: skipped timers fire at once rather than with the batch of the second, and an activity goes to the worker with
 * the answer to its workflow task where the worker serves both.
 */
const promptness = {
  'history.timerProcessorMaxTimeShift': '"50ms"',
  'system.enableActivityEagerExecution': 'true',
} as const;

/**
 * Starts a Temporal development server on 127.0.0.1 with the namespace and the search attributes registered and time
 * skipping allowed. One left over on the same files by a killed supervisor is stopped first.
 *
 * @throws StartError when it does not come up, with the end of its log.
 */
export async function startEmbeddedTemporal(options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  const state = readState(options.stateFile);
  await stopLeftOverTemporal(options.stateFile);

  const choose = (wanted: number | undefined) =>
    options.samePorts && wanted !== undefined ? wanted : findFreePort(wanted);
  for (let attempt = 1; ; attempt++) {
    const ports = {
      port: await choose(state.port),
      uiPort: options.ui ? await choose(state.uiPort ?? usualUiPort) : undefined,
    };
    try {
      return await startOnPorts(options, ports);
    } catch (error) {
      // Another start can take a port between our look and the server's bind: then both would want it again.
      const isTaken = error instanceof StartError && error.message.includes('address already in use');
      if (!isTaken || options.samePorts || attempt === mostAttempts) throw error;
    }
  }
}

interface Ports {
  readonly port: number;
  readonly uiPort: number | undefined;
}

async function startOnPorts(options: EmbeddedTemporalOptions, { port, uiPort }: Ports): Promise<EmbeddedTemporal> {
  const dynamicConfig: Record<string, string> = {
    'frontend.WorkflowTimeSkippingEnabled': 'true',
    ...promptness,
    ...options.dynamicConfig,
  };
  const server = await startServerProcess({
    file: options.cli,
    args: [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--namespace',
      options.namespace,
      '--log-level',
      'warn',
      // Three times the workflows a second; what a crash of the machine may lose, the relay and the reconciler bring back.
      '--sqlite-pragma',
      'journal_mode=wal',
      '--sqlite-pragma',
      'synchronous=normal',
      ...(options.databaseFile === undefined ? [] : ['--db-filename', options.databaseFile]),
      ...(options.ui
        ? ['--ui-port', String(uiPort), '--ui-codec-endpoint', options.ui.codecEndpoint, '--ui-disable-news-fetch']
        : ['--headless']),
      ...Object.entries(dynamicConfig).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
      ...Object.entries(options.searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ],
    logFile: options.logFile,
  });
  writeFileSync(options.stateFile, JSON.stringify({ port, uiPort, process: markProcess(server.pid) }));
  const stop = async () => {
    await server.stop('SIGTERM', stopWithinMs);
    writeFileSync(options.stateFile, JSON.stringify({ port, uiPort }));
  };

  const address = `127.0.0.1:${String(port)}`;
  const deadline = Date.now() + readyWithinMs;
  while (!(await answers(address, options.namespace))) {
    if (server.hasExited() || Date.now() > deadline) {
      await stop();
      throw new StartError(
        `The embedded Temporal did not start; its log ${options.logFile} ends with:\n${logTail(options.logFile)}`,
      );
    }
    await sleep(100);
  }
  return { address, uiUrl: uiPort === undefined ? undefined : `http://localhost:${String(uiPort)}`, server, stop };
}
