import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';

import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';

import { importFileLimitBytes, ImportFileTooLargeError } from '../../database/imports';
import { NoProgrammeError, type ProgrammeVersion } from '../../database/programmes';
import { parseColumnMapping } from '../../domain/imports/columns';
import { explainFileRefusal } from '../../domain/imports/file-refusal';
import type { ColumnPositions } from '../../domain/imports/format';
import { changesSomething, phaseWords, resultWords, summaryRows } from '../../domain/imports/import-words';
import type { ImportSummary } from '../../domain/imports/import-workflow';
import { explainRowError, rowErrorCodes } from '../../domain/imports/row-error';
import type { CouponNumberRule } from '../../domain/residents/coupon-number';
import { connectionOptions } from '../../engine/temporal/temporal-client';
import { workflowBundle } from '../../engine/temporal/workflow-bundle';
import { type Services, withServices } from '../processes/services';
import { createActivities, createWorkers } from '../processes/workers';
import { projectRoot } from '../root';
import { bringUpToDate } from '../servers/bring-up-to-date';
import type { Command, CommandIo } from './command';
import { byFile, byQuestions, isYes, type Question, readNumberPairs } from './import-carry-over';
import {
  importEligibility,
  type ImportOutcome,
  type ImportRequest,
  type ImportTools,
  isImportFailure,
} from './import-eligibility';

const errorsShown = 50;
/** Who approves on the command line, in the record of the import. */
const approver = 'command-line';

interface Options {
  readonly file: string;
  readonly programme: string | undefined;
  readonly columns: ColumnPositions | undefined;
  readonly isFullSet: boolean;
  readonly yes: boolean;
  readonly remove: number | undefined;
  /** `ask`, `none` or the path of a file of decisions; undefined: asks where there is a terminal and no --yes. */
  readonly carryOver: string | undefined;
}

/** `toki import FILE`: checks a city's file, shows what it would do, and takes it over when a person says so. */
export const importCommand: Command = {
  usage: 'import FILE [--programme P] [--columns …] [--full] [--carry-over ask|none|FILE] [--yes]',
  summary: "bring a city's CSV file of residents in",
  help: [
    '  --programme P       which programme; may be left out where there is one',
    '  --columns LIST      where the columns are, for a file without header: number=3,birth=5,group=7,kana=4',
    '  --full              the file has everybody: residents who are not in it are taken out, after a question of its own',
    '  --yes               take over without asking (the removal of --full is still asked for)',
    '  --remove N          with --full and --yes: take out the residents missing from the file, if they are exactly N',
    '  --carry-over WHAT   pairs that may be one person under a new number: ask (on a terminal, one by one), none (nobody is',
    '                      joined; so it is without a terminal or with --yes), or a CSV file of those who are: old,new number',
    '  Without a terminal and without --yes the file is checked and nothing is changed.',
  ].join('\n'),

  run(args, io) {
    return runImport(args, io, (work) =>
      withServices({ config: io.config, env: io.env, say: io.say, withTemporal: true }, (services) =>
        withWorker(services, io, () => work(services)),
      ),
    );
  },
};

/**
 * The command on services that the caller provides. A worker must be polling the queue `import` while `work` runs.
 * @returns the exit code: 0 applied, 1 not applied, 2 wrong arguments
 */
export async function runImport(
  args: readonly string[],
  io: Io,
  provide: (work: (services: ImportTools) => Promise<number>) => Promise<number>,
): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') return io.refuse(options);
  const question = io.question ?? (process.stdin.isTTY && process.stdout.isTTY ? askOnTerminal : undefined);
  if (options.carryOver === 'ask' && question === undefined) return io.refuse('"--carry-over ask" needs a terminal.');
  const found = await stat(options.file).catch(() => undefined);
  if (!found?.isFile()) return fail(io, `ファイル「${options.file}」が見つかりません。`);
  return provide(async (services) => {
    const version = await programmeOf(services, options.programme, io);
    return version === undefined ? 1 : importFrom(services, version, options, { say: io.say, question });
  });
}

interface Io extends Pick<CommandIo, 'say' | 'refuse'> {
  /** Left out: the terminal, where there is one. */
  readonly question?: Question;
}

interface Person {
  readonly say: CommandIo['say'];
  /** undefined: nobody is there to answer. */
  readonly question: Question | undefined;
}

type Say = Pick<CommandIo, 'say'>;

function readOptions(args: readonly string[]): Options | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        programme: { type: 'string' },
        columns: { type: 'string' },
        full: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        remove: { type: 'string' },
        'carry-over': { type: 'string' },
      },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) return '"import" takes one file.';
    if (values.remove !== undefined && !/^[0-9]{1,9}$/.test(values.remove))
      return '"--remove" takes the number of residents to take out.';
    const mapping = values.columns === undefined ? undefined : parseColumnMapping(values.columns);
    if (mapping?.ok === false) return mapping.sentence;
    return {
      file,
      programme: values.programme,
      columns: mapping?.columns,
      isFullSet: values.full,
      yes: values.yes,
      remove: values.remove === undefined ? undefined : Number(values.remove),
      carryOver: values['carry-over'],
    };
  } catch (error) {
    return (error as Error).message;
  }
}

function fail(io: Say, sentence: string): number {
  io.say(sentence);
  return 1;
}

async function programmeOf(
  { programmes }: ImportTools,
  code: string | undefined,
  io: Say,
): Promise<ProgrammeVersion | undefined> {
  try {
    const all = await programmes.allPublished();
    if (code === undefined && all.length > 1) {
      io.say(
        `事業が複数あります。--programme で指定してください（${all.map((version) => version.programmeCode).join('、')}）。`,
      );
      return undefined;
    }
    return await programmes.current(code);
  } catch (error) {
    if (!(error instanceof NoProgrammeError)) throw error;
    io.say(code === undefined ? '公開された事業がありません。' : `事業「${code}」はありません。`);
    return undefined;
  }
}

async function importFrom(
  services: ImportTools,
  version: ProgrammeVersion,
  options: Options,
  io: Person,
): Promise<number> {
  const { couponNumber } = version.document.identification;
  const { digits } = couponNumber;
  const decidePairs = await pairDecider(services, couponNumber, options, io);
  if (typeof decidePairs === 'string') return fail(io, decidePairs);
  const showSummary = async (summary: ImportSummary, runId: string): Promise<void> => {
    io.say('');
    for (const [label, words] of summaryRows(summary)) io.say(`  ${label}：${words}`);
    await showRowErrors(services, runId, summary, digits, io);
    io.say('');
  };
  try {
    const outcome = await importEligibility(services, {
      version,
      file: { name: basename(options.file), content: createReadStream(options.file, { highWaterMark: 256 * 1024 }) },
      columns: options.columns,
      isFullSet: options.isFullSet,
      by: approver,
      onProgress: (phase, records) => {
        if (phase === 'inspecting' || phase === 'staging' || phase === 'comparing' || phase === 'applying')
          io.say(records === 0 ? `${phaseWords(phase)} …` : `  ${String(records)}行`);
      },
      decidePairs,
      approve: async (summary, runId) => {
        await showSummary(summary, runId);
        return approve(options, io);
      },
      approveRemoval: (summary) => approveRemoval(summary, options, io),
    });
    if (outcome.summary !== undefined && !changesSomething(outcome.summary))
      await showSummary(outcome.summary, outcome.runId);
    return await tellOutcome(services, outcome, digits, io);
  } catch (error) {
    if (error instanceof ImportFileTooLargeError)
      return fail(io, explainFileRefusal({ code: 'too_large', limitMebibytes: importFileLimitBytes / 1024 / 1024 }));
    if (isImportFailure(error))
      return fail(
        io,
        '取り込みが途中で失敗しました。どこまで取り込んだかは、画面の「取込の記録」にあります。もう一度お試しください。',
      );
    throw error;
  }
}

/** @returns a sentence when the file of decisions cannot be read; undefined where nobody is to be joined */
async function pairDecider(
  services: ImportTools,
  rule: CouponNumberRule,
  { carryOver, yes }: Options,
  { say, question }: Person,
): Promise<ImportRequest['decidePairs'] | string> {
  const isToAsk = carryOver === 'ask' || (carryOver === undefined && !yes);
  if (carryOver === undefined || carryOver === 'ask' || carryOver === 'none')
    return isToAsk && question !== undefined ? byQuestions(services, question) : undefined;
  const pairs = await readNumberPairs(carryOver, rule);
  return typeof pairs === 'string' ? pairs : byFile(services, pairs, say);
}

async function approve({ yes }: Options, { say, question }: Person): Promise<boolean> {
  if (yes) return true;
  if (question !== undefined) return isYes(await question('この内容で取り込みますか。（はい: y / いいえ: n）'));
  say('取り込むには、同じコマンドに --yes を付けて実行してください。');
  return false;
}

async function approveRemoval(
  { toRemove }: ImportSummary,
  { remove }: Options,
  { say, question }: Person,
): Promise<boolean> {
  if (remove !== undefined) {
    if (remove === toRemove) return true;
    say(`--remove は${String(remove)}人ですが、ファイルにない方は${String(toRemove)}人です。`);
    return false;
  }
  if (question !== undefined)
    return (
      (await question(
        `ファイルにない${String(toRemove)}人を対象から外します。よければ人数（${String(toRemove)}）を入力してください。`,
      )) === String(toRemove)
    );
  say(
    `ファイルにない${String(toRemove)}人を対象から外すには、--yes に加えて --remove ${String(toRemove)} を付けて実行してください。`,
  );
  return false;
}

async function tellOutcome(services: ImportTools, outcome: ImportOutcome, digits: number, io: Say): Promise<number> {
  switch (outcome.phase) {
    case 'applied':
      io.say(outcome.result === undefined ? phaseWords('applied') : `取り込みました：${resultWords(outcome.result)}`);
      return 0;
    case 'refused':
      io.say(
        `このファイルは取り込めません。${outcome.refusal === undefined ? '' : explainFileRefusal(outcome.refusal)}`,
      );
      // Which rows made it "mostly bad" shows what kind of file it is.
      if (outcome.refusal?.code === 'mostly_bad') await showRowErrors(services, outcome.runId, undefined, digits, io);
      io.say('何も変わっていません。');
      return 1;
    default:
      io.say(phaseWords(outcome.phase));
      return 1;
  }
}

async function showRowErrors(
  { importRuns }: ImportTools,
  runId: string,
  summary: ImportSummary | undefined,
  digits: number,
  io: Say,
): Promise<void> {
  const errors = await importRuns.rowErrors(runId, errorsShown + 1);
  if (errors.length === 0) return;
  io.say('');
  for (const { line, code } of errors.slice(0, errorsShown))
    io.say(`  ${String(line)}行目：${explainRowError(code, digits)}`);
  if (errors.length <= errorsShown) return;
  const total = rowErrorCodes.reduce((sum, code) => sum + (summary?.errors[code] ?? 0), 0);
  io.say(total > errorsShown ? `  …とほか ${String(total - errorsShown)} 件` : '  …ほかにもあります');
}

async function askOnTerminal(text: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`${text} `)).trim();
  } finally {
    terminal.close();
  }
}

/** Under `npm start` the worker is there; otherwise one runs here for the length of the command. */
async function withWorker(services: Services, io: CommandIo, work: () => Promise<number>): Promise<number> {
  if (services.supervised) return work();
  const { database, keys, temporalAccess, config } = services;
  await bringUpToDate(database);
  installQuietRuntime();
  const connection = await NativeConnection.connect(connectionOptions(temporalAccess));
  try {
    const workers = await createWorkers({
      connection,
      namespace: temporalAccess.namespace,
      keys,
      workflowBundle: await workflowBundle(projectRoot),
      activities: createActivities({ database, keys, services, smtpUrl: config.smtpUrl, publicUrl: config.publicUrl }),
    });
    const running = workers.run();
    // Without its worker the workflow waits for the next one; the command does not wait with it.
    const brokenDown = new Promise<never>((_resolve, reject) => {
      running.catch(reject);
    });
    try {
      return await Promise.race([work(), brokenDown]);
    } finally {
      workers.shutdown();
      await running.catch(() => undefined);
    }
  } finally {
    await connection.close();
  }
}

let isRuntimeInstalled = false;

/** What the SDK has to say is not for the terminal of a command, and Ctrl-C is the command's own matter. */
function installQuietRuntime(): void {
  if (isRuntimeInstalled) return;
  isRuntimeInstalled = true;
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
}
