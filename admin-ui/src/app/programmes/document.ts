/** What the editor knows of a document: JSON, a JSON Schema that says what it may hold, and words for its parts. */
export type Json = unknown;
export type Path = readonly (string | number)[];

export interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly additionalProperties?: Node | false;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly enum?: readonly string[];
  readonly const?: string | number | boolean;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
}

export interface Words {
  readonly label: string;
  readonly unit?: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly kind?: 'instant' | 'date' | 'time' | 'long' | 'template';
  readonly help?: string;
  readonly silent?: true;
  readonly item?: string;
}

export type FieldKind =
  | 'text'
  | 'long'
  | 'template'
  | 'number'
  | 'instant'
  | 'date'
  | 'time'
  | 'boolean'
  | 'choice'
  | 'choices'
  | 'lines'
  | 'object'
  | 'list'
  | 'record'
  | 'union'
  | 'fixed';

export function isRecord(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function valueAt(document: Json, path: Path): Json {
  return path.reduce<Json>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<string, Json>)[String(step)] : undefined,
    document,
  );
}

/** A copy with another value at `path`; `undefined` takes the part out. */
export function withValue(document: Json, path: Path, value: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(document) && typeof step === 'number') {
    const copy = [...(document as Json[])];
    if (rest.length === 0 && value === undefined) copy.splice(step, 1);
    else copy[step] = withValue(copy[step], rest, value);
    return copy;
  }
  const old = isRecord(document) ? document : {};
  const next = withValue(old[String(step)], rest, value);
  if (next !== undefined) return { ...old, [String(step)]: next };
  return Object.fromEntries(Object.entries(old).filter(([name]) => name !== String(step)));
}

const branchesOf = (node: Node): readonly Node[] => node.oneOf ?? node.anyOf ?? [];

/** The field that tells the kinds of a union apart, `kind` or `mode`. */
export function tellsApart(node: Node): string | undefined {
  const branches = branchesOf(node);
  return ['kind', 'mode'].find(
    (name) => branches.length > 0 && branches.every((branch) => branch.properties?.[name]?.const !== undefined),
  );
}

export function branchOf(node: Node, value: Json): Node | undefined {
  const name = tellsApart(node);
  if (name === undefined) return undefined;
  const chosen = isRecord(value) ? value[name] : undefined;
  return branchesOf(node).find((branch) => branch.properties?.[name]?.const === chosen) ?? branchesOf(node)[0];
}

export function kindsOf(node: Node): string[] {
  const name = tellsApart(node);
  return name === undefined ? [] : branchesOf(node).map((branch) => String(branch.properties?.[name]?.const));
}

export function kindOfField(node: Node, words: Words): FieldKind {
  if (tellsApart(node) !== undefined) return 'union';
  if (node.const !== undefined) return node.const === true ? 'boolean' : 'fixed';
  if (node.type === 'boolean') return 'boolean';
  if (node.type === 'integer' || node.type === 'number') return 'number';
  if (node.type === 'array')
    return node.items?.type === 'object' || tellsApart(node.items ?? {}) !== undefined
      ? 'list'
      : node.items?.enum
        ? 'choices'
        : 'lines';
  if (node.type === 'object') return node.properties ? 'object' : 'record';
  if (node.enum) return 'choice';
  if (words.kind !== undefined) return words.kind;
  if (node.format === 'date-time') return 'instant';
  if (node.format === 'date') return 'date';
  return 'text';
}

/** What a new part begins with; the document as it is gives what is needed to make it fit. */
export function blankOf(node: Node, document: Json, siblings: readonly Json[] = [], name = ''): Json {
  if (node.const !== undefined) return node.const;
  if (tellsApart(node) !== undefined) return blankOf(branchesOf(node)[0] ?? {}, document, siblings);
  if (node.type === 'object') {
    const required = node.required ?? [];
    return Object.fromEntries(
      Object.entries(node.properties ?? {})
        .filter(([key]) => required.includes(key))
        .map(([key, part]) => [key, blankOf(part, document, siblings, key)]),
    );
  }
  // Names of other parts are never empty words: what is there, or nothing yet.
  if (node.type === 'array' && name === 'groups' && node.items?.type === 'string')
    return [valueAt(document, ['groups', 0, 'code']) ?? ''];
  if (node.type === 'array' && name === 'venues') return [];
  if (node.type === 'array')
    return (node.minItems ?? 0) > 0 && node.items ? [blankOf(node.items, document, [], name)] : [];
  if (node.type === 'boolean') return false;
  if (node.type === 'integer' || node.type === 'number')
    return name === 'number' ? siblings.length + 1 : (node.minimum ?? 0);
  if (node.enum) return node.enum[0];
  if (node.format === 'date-time') return valueAt(document, ['groups', 0, 'opensAt']) ?? '';
  if (name === 'code' || name === 'id') return freeCode(siblings, name);
  if (name === 'template')
    return Object.keys((valueAt(document, ['templates']) as Record<string, Json> | undefined) ?? {})[0] ?? '';
  return '';
}

function freeCode(siblings: readonly Json[], name: string): string {
  const taken = new Set(siblings.map((item) => (isRecord(item) ? item[name] : undefined)));
  for (let number = siblings.length + 1; ; number++)
    if (!taken.has(`item-${String(number)}`)) return `item-${String(number)}`;
}

/** A text as it is; whatever is no text or number is empty. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** How people call an item of a list. */
export function nameOfItem(item: Json): string {
  if (!isRecord(item)) return '';
  for (const key of ['label', 'name', 'id', 'code', 'number']) {
    const value = item[key];
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
  }
  return '';
}

/** `groups.0.opensAt` → `groups.*.opensAt`. */
export function wordsFor(parts: Readonly<Record<string, Words>>, path: Path): Words {
  let pattern = '';
  for (const step of path) {
    const named = pattern === '' ? String(step) : `${pattern}.${String(step)}`;
    const any = pattern === '' ? '*' : `${pattern}.*`;
    pattern = typeof step === 'number' || !(named in parts) ? any : named;
  }
  return parts[pattern] ?? { label: String(path.at(-1) ?? '') };
}

/** `2031-05-06T08:30` of the city as an instant, and back. */
export function toInstant(local: string): string {
  return local === '' ? '' : `${local.length === 16 ? `${local}:00` : local}+09:00`;
}
export function toLocal(instant: Json): string {
  if (typeof instant !== 'string' || Number.isNaN(Date.parse(instant))) return '';
  return new Date(Date.parse(instant) + 9 * 3_600_000).toISOString().slice(0, 16);
}
