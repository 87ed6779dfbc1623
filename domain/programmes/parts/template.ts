import Handlebars from 'handlebars';

/** What a notice may name: date, time, venue, dose, reference and the city's own texts. Never a person. */
export const placeholders = [
  'cityName',
  'programmeName',
  'doseLabel',
  'nextDoseLabel',
  'date',
  'time',
  'venueName',
  'venueAddress',
  'reference',
  'oldDate',
  'oldTime',
  'oldVenueName',
  'siteUrl',
  'callCentreTelephone',
  'callCentreHours',
  'cancelledBy',
] as const;
export type Placeholder = (typeof placeholders)[number];

/** Closed list of lists for `{{#each}}`. */
export const placeholderLists = ['whatToBring'] as const;

export type TemplateValues = Partial<Record<Placeholder, string>> &
  Partial<Record<(typeof placeholderLists)[number], readonly string[]>>;

/** What a broadcast may name: nothing of a booking. */
export const broadcastPlaceholders = [
  'cityName',
  'programmeName',
  'date',
  'totalSeats',
  'siteUrl',
  'callCentreTelephone',
  'callCentreHours',
] as const;
/** What each of `{{#each venues}}` may name. */
export const broadcastVenuePlaceholders = ['venueName', 'seats'] as const;

export type BroadcastValues = Partial<Record<(typeof broadcastPlaceholders)[number], string>> & {
  readonly venues: readonly Readonly<Record<(typeof broadcastVenuePlaceholders)[number], string>>[];
};

/** The closed list of names of a kind of text. */
interface Vocabulary {
  readonly fields: ReadonlySet<string>;
  /** Lists for `{{#each}}`: of texts (`{{this}}`), or of things with names of their own. */
  readonly lists: ReadonlyMap<string, 'texts' | ReadonlySet<string>>;
}

const ofNotices: Vocabulary = {
  fields: new Set<string>(placeholders),
  lists: new Map(placeholderLists.map((name) => [name, 'texts'])),
};
const ofBroadcasts: Vocabulary = {
  fields: new Set<string>(broadcastPlaceholders),
  lists: new Map([['venues', new Set<string>(broadcastVenuePlaceholders)]]),
};

/**
 * Faults of a notice text, in words; an empty list means it may be used. Allowed: text, `{{placeholder}}`,
 * `{{#if placeholder}}`, `{{#each list}}{{this}}{{/each}}`. Everything else of Handlebars is refused here, so a text
 * from staff can reach neither code nor data that it was not given.
 */
export function templateFaults(source: string): string[] {
  return faultsIn(source, ofNotices);
}

/** As `templateFaults`, for the text of a broadcast: `{{#each venues}}{{venueName}}{{seats}}{{/each}}` is its list. */
export function broadcastFaults(source: string): string[] {
  return faultsIn(source, ofBroadcasts);
}

function faultsIn(source: string, vocabulary: Vocabulary): string[] {
  try {
    const program = Handlebars.parse(source);
    const { blocks, depth } = sizeOf(program);
    // A notice stays a letter: what repeats or nests more than this is a mistake, or meant badly.
    if (blocks > mostBlocks || depth > deepest)
      return [`{{#if}} と {{#each}} が多すぎます（${String(mostBlocks)}個、重ねるのは${String(deepest)}つまで）`];
    return walk(program, vocabulary, undefined);
  } catch {
    return ['文面の {{ }} の書き方を読み取れません'];
  }
}

const mostBlocks = 40;
const deepest = 5;

function sizeOf(program: hbs.AST.Program): { blocks: number; depth: number } {
  let blocks = 0;
  let depth = 0;
  for (const node of program.body) {
    if (node.type !== 'BlockStatement') continue;
    const block = node as hbs.AST.BlockStatement;
    const inner = [block.program, ...((block.inverse as hbs.AST.Program | undefined) ? [block.inverse] : [])].map(
      sizeOf,
    );
    blocks += 1 + inner.reduce((sum, item) => sum + item.blocks, 0);
    depth = Math.max(depth, 1 + Math.max(...inner.map((item) => item.depth)));
  }
  return { blocks, depth };
}

/** `inside`: the list whose items the program is repeated for. */
function walk(
  program: hbs.AST.Program,
  vocabulary: Vocabulary,
  inside: 'texts' | ReadonlySet<string> | undefined,
): string[] {
  const known = inside === undefined || inside === 'texts' ? vocabulary.fields : inside;
  const lists = new Set(inside === undefined || inside === 'texts' ? vocabulary.lists.keys() : []);
  return program.body.flatMap((node): string[] => {
    switch (node.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        return [];
      case 'MustacheStatement': {
        const mustache = node as hbs.AST.MustacheStatement;
        if (!mustache.escaped) return ['三重の波かっこは使えません'];
        if (mustache.params.length > 0 || (mustache.hash as hbs.AST.Hash | undefined)?.pairs.length)
          return ['項目名だけを {{ }} に書きます'];
        return nameFaults(mustache.path, known, inside === 'texts');
      }
      case 'BlockStatement': {
        const block = node as hbs.AST.BlockStatement;
        const name = block.path.original;
        const [subject] = block.params;
        if (
          (name !== 'if' && name !== 'each') ||
          block.params.length !== 1 ||
          !subject ||
          (block.hash as hbs.AST.Hash | undefined)?.pairs.length ||
          (block.program.blockParams as string[] | undefined)?.length
        ) {
          return [`{{#${name}}} は使えません（if と each だけです）`];
        }
        if (name === 'each' && inside !== undefined) return ['each の中に each は置けません'];
        const names = name === 'each' ? lists : new Set([...known, ...lists]);
        return [
          ...nameFaults(subject, names, false),
          ...walk(
            block.program,
            vocabulary,
            name === 'each' && subject.type === 'PathExpression'
              ? vocabulary.lists.get((subject as hbs.AST.PathExpression).original)
              : inside,
          ),
          ...((block.inverse as hbs.AST.Program | undefined) ? walk(block.inverse, vocabulary, inside) : []),
        ];
      }
      default:
        return ['この書き方は使えません'];
    }
  });
}

function nameFaults(expression: hbs.AST.Expression, names: ReadonlySet<string>, insideEach: boolean): string[] {
  if (expression.type !== 'PathExpression') return ['項目名だけを {{ }} に書きます'];
  const path = expression as hbs.AST.PathExpression;
  if (insideEach && path.original === 'this') return [];
  if (path.data || path.depth > 0 || path.parts.length !== 1 || !names.has(path.original))
    return [`{{${path.original}}} という項目はありません`];
  return [];
}

/** The text with its placeholders filled in. Plain text: nothing is escaped, so never put the result into HTML unescaped. */
export function renderTemplate(source: string, values: TemplateValues | BroadcastValues): string {
  return Handlebars.compile(source, { noEscape: true, knownHelpersOnly: true, strict: false })(values, {
    allowProtoPropertiesByDefault: false,
    allowProtoMethodsByDefault: false,
  });
}
