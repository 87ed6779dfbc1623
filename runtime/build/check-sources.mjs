// Types and rules of the code, checked in one process: both ask the same program of TypeScript, and what one of them
// finds out about a type, the other need not find out again. `npm run types` and `npm run lint` check the same.
// Ends with the sum of 32 (types are wrong) and 64 (rules are broken). The admin's types must have been written.
import { join } from 'node:path';

import { ESLint } from 'eslint';
import ts from 'typescript';

const root = process.cwd();
const terminal = {
  getCanonicalFileName: (path) => path,
  getCurrentDirectory: () => root,
  getNewLine: () => '\n',
};

function say(diagnostics) {
  process.stdout.write(ts.formatDiagnostics(diagnostics, terminal));
}

/** What `tsc -p` would compile; throws when the file cannot be read. */
function programOf(...path) {
  const stop = (diagnostic) => {
    throw new Error(ts.formatDiagnostic(diagnostic, terminal));
  };
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: stop };
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, ...path),
    { noEmit: true, incremental: false, tsBuildInfoFile: undefined },
    host,
  );
  return ts.createProgram({
    rootNames: config.fileNames,
    options: config.options,
    configFileParsingDiagnostics: config.errors,
  });
}

const server = programOf('tsconfig.json');
const wrongTypes = ts.sortAndDeduplicateDiagnostics(ts.getPreEmitDiagnostics(server));
say(wrongTypes);

const typesOf = (files, ignores, program) => ({
  files,
  ignores,
  languageOptions: { parserOptions: { projectService: false, programs: [program] } },
});
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [
    typesOf(['**/*.ts'], ['admin-ui/**'], server),
    typesOf(['admin-ui/**/*.ts'], [], programOf('admin-ui', 'tsconfig.json')),
  ],
});
const results = await eslint.lintFiles(['.']);
process.stdout.write(await (await eslint.loadFormatter('stylish')).format(results));
const broken = results.some((file) => file.errorCount + file.warningCount > 0);
process.exitCode = (wrongTypes.length > 0 ? 32 : 0) + (broken ? 64 : 0);
