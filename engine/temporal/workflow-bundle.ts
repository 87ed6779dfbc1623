import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

import { failureConverterPath } from './data-converter';

/** `dist/` in production, the project itself in tests. */
const codeRoot = dirname(dirname(__dirname));

/** A bundle of all workflows on disk, as workers take it. */
export interface WorkflowBundleFile {
  readonly codePath: string;
}

/**
 * The prebuilt bundle of the workflows: built into `codePath` when it is missing or older than what goes into it, so a
 * production worker starts without a compiler's wait.
 */
export async function workflowBundle(
  projectRoot: string,
  codePath = join(projectRoot, 'dist', 'workflow-bundle.js'),
): Promise<WorkflowBundleFile> {
  const sources = [
    join(codeRoot, 'workflows'),
    join(codeRoot, 'domain'),
    failureConverterPath,
    join(projectRoot, 'package-lock.json'),
  ];
  if (modified(codePath) >= Math.max(...sources.map(newest))) return { codePath };
  const started = new Date();
  const { code } = await buildWorkflowBundle(join(codeRoot, 'workflows'));
  mkdirSync(dirname(codePath), { recursive: true });
  // Two processes may build at the same time; each puts a whole file in place.
  const fresh = `${codePath}.${String(process.pid)}`;
  writeFileSync(fresh, code);
  renameSync(fresh, codePath);
  if (modified(codePath) < started.getTime()) throw new Error(`${codePath} could not be written`);
  return { codePath };
}

/** Bundles the workflows that the module at `workflowsPath` exports. */
export function buildWorkflowBundle(workflowsPath: string): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({ workflowsPath, failureConverterPath, logger: new DefaultLogger('WARN') });
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The newest change of a file, or of the code below a folder. */
function newest(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0;
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name) && !name.endsWith('.test.ts'))
    .reduce((latest, name) => Math.max(latest, modified(join(path, name))), 0);
}
