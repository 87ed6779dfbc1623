/** A piece of a notice's text: what people read, a field, a condition, or what cannot be there. */
export interface Piece {
  readonly kind: 'text' | 'field' | 'block' | 'wrong';
  readonly text: string;
  /** The field, for `field` and `block`. */
  readonly name?: string;
}

const marks = /\{\{[^{}]*\}\}/g;

/** The pieces of a text, in order; together they are the text. The server's word on what is allowed counts, this only colours. */
export function piecesOf(text: string, names: ReadonlySet<string>): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(marks)) {
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index) });
    pieces.push(pieceOf(match[0], names));
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) });
  return pieces;
}

function pieceOf(mark: string, names: ReadonlySet<string>): Piece {
  const inside = mark.slice(2, -2).trim();
  if (names.has(inside)) return { kind: 'field', text: mark, name: inside };
  if (['else', '/if', '/each', 'this'].includes(inside)) return { kind: 'block', text: mark };
  const [, name = ''] = /^#(?:if|each)\s+(\S+)$/.exec(inside) ?? [];
  return names.has(name) ? { kind: 'block', text: mark, name } : { kind: 'wrong', text: mark };
}

/** What is put into a text for a field, around what is selected: `{{date}}`, a list one by one, or only where the field is there. */
export function insertion(
  field: { readonly name: string; readonly list: boolean },
  selected: string,
  onlyIf: boolean,
): string {
  if (onlyIf) return `{{#if ${field.name}}}${selected}{{/if}}`;
  return field.list ? `{{#each ${field.name}}}・{{this}}\n{{/each}}` : `{{${field.name}}}`;
}
