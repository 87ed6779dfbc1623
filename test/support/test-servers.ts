import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { isAlive, type ProcessMark } from '../../runtime/servers/process-identity';
import { servicesIn } from './services';
import { keeperFile, serversFolder, servicesFile } from './test-servers-files';

const logFile = join(serversFolder, 'keeper.log');
const startWithinMs = 180_000;
const stopWithinMs = 30_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

function keeper(): ProcessMark | undefined {
  try {
    const mark = JSON.parse(readFileSync(keeperFile, 'utf8')) as ProcessMark;
    return isAlive(mark) ? mark : undefined;
  } catch {
    return undefined;
  }
}

async function start(): Promise<number> {
  if (servicesIn(servicesFile)) {
    // Used just now: the hour begins again.
    utimesSync(servicesFile, new Date(), new Date());
    return 0;
  }
  await stop();
  say('Starting PostgreSQL and Temporal for tests …');
  mkdirSync(serversFolder, { recursive: true });
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, [join(__dirname, 'test-servers-keeper.js')], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  const deadline = Date.now() + startWithinMs;
  while (!servicesIn(servicesFile)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      say(`The test servers did not start:\n${readFileSync(logFile, 'utf8')}`);
      return 1;
    }
    await sleep(50);
  }
  return 0;
}

async function stop(): Promise<number> {
  const mark = keeper();
  if (!mark) return 0;
  process.kill(mark.pid, 'SIGTERM');
  const deadline = Date.now() + stopWithinMs;
  while (isAlive(mark) && Date.now() < deadline) await sleep(50);
  return isAlive(mark) ? 1 : 0;
}

function status(): Promise<number> {
  const running = servicesIn(servicesFile);
  say(running ? `PostgreSQL ${running.postgresUrl}\nTemporal   ${running.temporalAddress}` : 'No test servers run.');
  return Promise.resolve(0);
}

/**
 * Test servers that stay up between runs of single files: `npm run test:servers -- start | stop | status`. They stop
 * by themselves when no run has used them for an hour.
 */
async function main(command = 'status'): Promise<void> {
  const commands: Readonly<Record<string, () => Promise<number>>> = { start, stop, status };
  const run = commands[command];
  if (!run) {
    say('Usage: npm run test:servers -- start | stop | status');
    process.exitCode = 1;
    return;
  }
  process.exitCode = await run();
}

void main(process.argv[2]);
