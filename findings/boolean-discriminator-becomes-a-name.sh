#!/usr/bin/env bash
# A union told apart by a boolean loses the boolean on its way from zod to TypeScript.
#
# zod 4.6.7 lets z.discriminatedUnion() tell its members apart by `true` and `false`. @asteasolutions/zod-to-openapi 9.1.0
# describes that with a `discriminator` whose mapping is empty. openapi-typescript 7.13.0 then takes the names of the schemas for
# the values, so `isProtected` is typed as "WholeLine" | "ProtectedLine", which no answer ever holds, and narrowing by
# `line.isProtected` goes wrong without a warning from any of the three. A plain z.union() keeps `true` and `false`.
# Seen:
#   discriminatedUnion: mapping {}; isProtected: "WholeLine" | "ProtectedLine"
#   union: mapping null; isProtected: false | true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
npm install --silent --no-audit --no-fund zod@4.6.7 @asteasolutions/zod-to-openapi@9.1.0 openapi-typescript@7.13.0 typescript@5.9.3
cat > types.mjs <<'JS'
import { extendZodWithOpenApi, OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import openapiTS, { astToString } from 'openapi-typescript';
import { z } from 'zod';

extendZodWithOpenApi(z);
const whole = z.object({ isProtected: z.literal(false), venue: z.string() }).openapi('WholeLine');
const bare = z.object({ isProtected: z.literal(true) }).openapi('ProtectedLine');

async function propertyTypes(line) {
  const registry = new OpenAPIRegistry();
  registry.register('Line', line.openapi('Line'));
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({ openapi: '3.1.0', info: { title: 'x', version: '1' } });
  const text = astToString(await openapiTS(document));
  const types = [...text.matchAll(/isProtected: ([^;]+);/g)].map((match) => match[1].trim());
  return { mapping: JSON.stringify(document.components.schemas.Line.discriminator?.mapping ?? null), types };
}
for (const [name, line] of [['discriminatedUnion', z.discriminatedUnion('isProtected', [whole, bare])], ['union', z.union([whole, bare])]]) {
  const { mapping, types } = await propertyTypes(line);
  console.log(`${name}: mapping ${mapping}; isProtected: ${types.join(' | ')}`);
}
JS
seen=$(node types.mjs)
echo "$seen"
wanted='discriminatedUnion: mapping {}; isProtected: "WholeLine" | "ProtectedLine"
union: mapping null; isProtected: false | true'
[ "$seen" = "$wanted" ] || { echo 'This is no longer what was seen.'; exit 1; }
