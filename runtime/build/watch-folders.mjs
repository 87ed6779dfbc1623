import { readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';

/**
 * Tells of every change below the folders, those that are made later included. Each folder is watched by itself: Node's
 * own `recursive` follows the file it saw first, and an editor that saves by renaming puts another one in its place.
 * @param {readonly string[]} folders
 * @param {(path: string) => void} changed
 */
export function watchFolders(folders, changed) {
  const watchers = new Map();

  function add(folder) {
    // There may be another folder of that name now.
    watchers.get(folder)?.close();
    watchers.delete(folder);
    try {
      const watcher = watch(folder, (_event, name) => {
        if (name === null) return;
        const path = join(folder, name);
        changed(path);
        if (isFolder(path) || watchers.has(path)) add(path);
      });
      watcher.on('error', () => undefined);
      watchers.set(folder, watcher);
      for (const path of foldersIn(folder)) add(path);
    } catch {
      // It is gone again.
    }
  }

  folders.forEach(add);
}

function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function foldersIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}
