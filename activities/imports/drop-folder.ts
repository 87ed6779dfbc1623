import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { v7 as uuidv7 } from 'uuid';

import { ImportFileTooLargeError, type ImportServices } from '../../database/imports';
import type { Programmes, ProgrammeVersion } from '../../database/programmes';
import { explainFileRefusal } from '../../domain/imports/file-refusal';
import { startImportWorkflow } from '../../engine/hand-over/start-import';
import type { Log } from '../../engine/loops/log';

export interface DropFolder {
  readonly temporal: Client;
  /** Absolute path, asked at every look; a folder per programme is made in it. Undefined: there is none (yet). */
  readonly folder: () => string | undefined;
  readonly log: Log;
  /** A file that was written to within this time is left alone, ms. */
  readonly quietMs?: number;
}

export interface DropFolderDependencies
  extends DropFolder, Pick<ImportServices, 'importFiles' | 'importRuns' | 'importSettings'> {
  readonly programmes: Programmes;
}

/** A file on its way from the folder to the database: `.taken-<file id>-<name>`. Found again after a crash. */
const takenFile = /^\.taken-([0-9a-f-]{36})-(.+)$/;
/** What programs write to before they rename it, and what the system puts there. */
const unfinishedFile = /^[.~]|\.(part|partial|tmp|crdownload|filepart)$/i;
const refusedFolder = '取り込めなかったファイル';

export type DropFolderActivities = ReturnType<typeof createDropFolderActivities>;

/** The drop folder: `<folder>/<programme code>/<any name>.csv` is imported without hands. */
export function createDropFolderActivities({
  importFiles: files,
  importRuns: runs,
  importSettings: settings,
  programmes,
  temporal,
  folder,
  log,
  quietMs = 10_000,
}: DropFolderDependencies) {
  /** Whether nobody writes to a file any more: nothing changed for a while, and nothing while we look. */
  async function isWhole(path: string): Promise<boolean> {
    const before = await stat(path);
    if (!before.isFile() || before.size === 0 || Date.now() - before.mtimeMs < quietMs) return false;
    await sleep(Math.min(1_000, quietMs));
    const after = await stat(path);
    return after.size === before.size && after.mtimeMs === before.mtimeMs;
  }

  /** Takes a file that is ours by its name. Every step may be repeated: the id is in the name. */
  async function takeOver(
    version: ProgrammeVersion,
    inFolder: string,
    takenName: string,
    fileId: string,
    name: string,
  ): Promise<void> {
    const path = join(inFolder, takenName);
    const { mapping, maxMebibytes, maxRows, automaticPercent } = await settings.get(version.programmeId);
    if ((await files.find(fileId)) === undefined) {
      try {
        await files.save(name, createReadStream(path, { highWaterMark: 256 * 1024 }), {
          id: fileId,
          programmeId: version.programmeId,
          uploadedBy: 'drop-folder',
          limitBytes: maxMebibytes * 1024 * 1024,
          look: () => {
            Context.current().heartbeat();
          },
        });
      } catch (error) {
        if (!(error instanceof ImportFileTooLargeError)) throw error;
        const refused = join(inFolder, refusedFolder);
        await mkdir(refused, { recursive: true });
        await writeFile(
          join(refused, `${name}.txt`),
          `${explainFileRefusal({ code: 'too_large', limitMebibytes: maxMebibytes })}\n`,
        );
        await rename(path, join(refused, name));
        return;
      }
    }
    const runId = await runs.create({
      programmeId: version.programmeId,
      programmeVersionId: version.id,
      fileId,
      isFullSet: false,
      mapping: mapping ?? undefined,
      source: 'drop_folder',
      startedBy: 'drop-folder',
      rowLimit: maxRows,
      automaticPercent,
    });
    await startImportWorkflow(temporal, runId, version.programmeCode);
    // The sealed copy is in the database: the readable one goes.
    await unlink(path);
    log.info({ runId }, 'took a file from the drop folder');
  }

  async function lookInto(root: string, version: ProgrammeVersion): Promise<number> {
    const inFolder = join(root, version.programmeCode);
    await mkdir(inFolder, { recursive: true, mode: 0o700 });
    let taken = 0;
    for (const entry of await readdir(inFolder)) {
      Context.current().heartbeat();
      const left = takenFile.exec(entry);
      if (left?.[1] !== undefined && left[2] !== undefined) {
        await takeOver(version, inFolder, entry, left[1], left[2]);
        taken += 1;
      } else if (!unfinishedFile.test(entry) && /\.(csv|txt)$/i.test(entry) && (await isWhole(join(inFolder, entry)))) {
        const fileId = uuidv7();
        const takenName = `.taken-${fileId}-${entry}`;
        await rename(join(inFolder, entry), join(inFolder, takenName));
        await takeOver(version, inFolder, takenName, fileId, entry);
        taken += 1;
      }
    }
    return taken;
  }

  return {
    /** Starts an import for every file that lies whole in the folder of a published programme. Resolves with how many. */
    async takeDroppedFiles(): Promise<number> {
      const root = folder();
      if (root === undefined) return 0;
      let taken = 0;
      for (const version of await programmes.allPublished()) taken += await lookInto(root, version);
      return taken;
    },
  };
}
