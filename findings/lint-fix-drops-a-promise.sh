#!/usr/bin/env bash
# A lint fix throws a query's answer away, and every type stays right.
#
# @types/pg 8.23.1 declares `client.query` with overloads, those with a callback last. TypeScript 5.9.3 takes the last overload for
# `Parameters<…>`, so a wrapper that passes such arguments on is typed as returning `void`, although pg 8.23.1 returns a promise at run
# time. no-confusing-void-expression of typescript-eslint 8.73.0 then reports the `return`, and `--fix` moves the call into a
# statement of its own: it still compiles, lint is clean, and every caller gets undefined.
# Seen:
#   before the fix: compiles, returns an object with then: function
#   after the fix: compiles, returns undefined
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
npm install --silent --no-audit --no-fund pg@8.23.1 @types/pg@8.23.1 typescript@5.9.3 eslint@10.15.0 typescript-eslint@8.73.0
cat > tsconfig.json <<'JSON'
{ "compilerOptions": { "strict": true, "target": "es2022", "module": "nodenext", "outDir": "out", "skipLibCheck": true }, "files": ["wrapper.ts"] }
JSON
cat > eslint.config.mjs <<'JS'
import tseslint from 'typescript-eslint';

export default tseslint.config({
  files: ['*.ts'],
  languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  plugins: { '@typescript-eslint': tseslint.plugin },
  rules: { '@typescript-eslint/no-confusing-void-expression': 'error' },
});
JS
cat > wrapper.ts <<'TS'
import type { ClientBase } from 'pg';

export function counted(client: ClientBase, count: () => void) {
  return (...query: Parameters<ClientBase['query']>) => {
    count();
    return client.query(...query);
  };
}
TS
cat > look.mjs <<'JS'
import pg from 'pg';
const { counted } = await import(`./out/wrapper.js?${Date.now()}`);
const client = new pg.Client({ host: '127.0.0.1', port: 9 });
const answer = counted(client, () => undefined)('SELECT 1');
answer?.catch?.(() => undefined);
console.log(answer === undefined ? 'undefined' : `an object with then: ${typeof answer.then}`);
process.exit();
JS
look() {
  npx tsc && echo "$1 the fix: compiles, returns $(node look.mjs)"
}
seen=$(look before; npx eslint --fix wrapper.ts; look after)
echo "$seen"
wanted='before the fix: compiles, returns an object with then: function
after the fix: compiles, returns undefined'
[ "$seen" = "$wanted" ] || { echo 'This is no longer what was seen.'; exit 1; }
