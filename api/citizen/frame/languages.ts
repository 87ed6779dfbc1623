import type { Programmes } from '../../../database/programmes';
import type { SiteSettingsReader } from '../../../database/site';
import type { Language } from '../../../domain/programmes/document';
import { languageNames, languagesOf } from '../../../domain/site/languages';
import type { CookieJar } from '../../shared/cookies';
import type { AppContext, AppMiddleware } from '../../shared/state';
import type { WordBook, Words } from '../words/words';
import { preferredLanguage } from './accept-language';
import { pressedIn } from './pressed';

/** Holds a language's code and nothing else. */
const languageCookie = 'toki-language';
const cookieMaxAgeS = 365 * 86_400;

/** One entry of the list of languages, or the offer of one. `url`: the same page in it. */
export interface LanguageLink {
  readonly code: Language;
  readonly name: string;
  readonly tag: string;
  readonly url: string;
  readonly isCurrent: boolean;
}

export interface PageLanguage {
  readonly words: Words;
  /** Empty where there is nothing to choose. */
  readonly links: readonly LanguageLink[];
  /** What the browser would rather read, said in that language; only to a person who has not chosen yet. */
  readonly offer: (Pick<LanguageLink, 'code' | 'tag' | 'url'> & { readonly words: string }) | undefined;
}

export interface Languages {
  /** The language of the answer; decided once per request. Never throws: without a database, the languages known last. */
  of(ctx: AppContext): Promise<PageLanguage>;
  readonly middleware: AppMiddleware;
}

export interface LanguagesDependencies {
  readonly book: WordBook;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly site: SiteSettingsReader;
  readonly cookies: CookieJar;
}

/**
 * Which language a page is in: what its address says (`?lang=`) or the button that was pressed, else what was chosen before, else Japanese. Only languages are offered whose
 * words a person has reviewed, both the site's (site settings) and the programme's.
 */
export function createLanguages({ book, programmes, site, cookies }: LanguagesDependencies): Languages {
  let offered: readonly Language[] = ['ja'];
  const decided = new WeakMap<AppContext, Promise<PageLanguage>>();

  async function offeredNow(): Promise<readonly Language[]> {
    try {
      const [{ document }, { reviewedLanguages }] = await Promise.all([programmes.current(), site.current()]);
      offered = languagesOf(document).filter(
        (language) => language === 'ja' || (reviewedLanguages.includes(language) && book.languages.includes(language)),
      );
    } catch {
      // The page may be the one that says so: it goes on with what was known.
    }
    return offered;
  }

  async function decide(ctx: AppContext): Promise<PageLanguage> {
    const possible = await offeredNow();
    const known = (text: string | undefined): Language | undefined => possible.find((language) => language === text);
    const asked = known(typeof ctx.query['lang'] === 'string' ? ctx.query['lang'] : pressedLanguage(ctx));
    const kept = known(cookies.read(ctx.req, languageCookie));
    if (asked !== undefined && asked !== kept) cookies.write(ctx.res, languageCookie, asked, cookieMaxAgeS);
    const language = asked ?? kept ?? 'ja';
    const urlIn = (item: Language): string => addressIn(ctx, item);
    const rather =
      asked === undefined && kept === undefined ? preferredLanguage(ctx.get('Accept-Language'), possible) : language;
    return {
      words: book.of(language),
      links:
        possible.length < 2
          ? []
          : possible.map((item) => ({
              code: item,
              ...languageNames[item],
              url: urlIn(item),
              isCurrent: item === language,
            })),
      offer:
        rather === language
          ? undefined
          : {
              code: rather,
              tag: languageNames[rather].tag,
              url: urlIn(rather),
              words: book.of(rather).t('frame.offer'),
            },
    };
  }

  function of(ctx: AppContext): Promise<PageLanguage> {
    const found = decided.get(ctx) ?? decide(ctx);
    decided.set(ctx, found);
    return found;
  }

  return {
    of,
    middleware: async (ctx, next) => {
      await of(ctx);
      await next();
    },
  };
}

/** One language and no choice, for everybody. */
export function fixedLanguage(words: Words): Languages {
  const language: PageLanguage = { words, links: [], offer: undefined };
  return { of: () => Promise.resolve(language), middleware: (_ctx, next) => next() };
}

/** On pages with a form the languages are buttons of that form. */
function pressedLanguage(ctx: AppContext): string | undefined {
  const pressed = pressedIn(ctx.state.body);
  return pressed?.what === 'language' ? pressed.value : undefined;
}

/** The same page in another language. What a form was sent to is asked for without its fields: every such address has a page of its own. */
function addressIn(ctx: AppContext, language: Language): string {
  const query = new URLSearchParams(ctx.method === 'GET' || ctx.method === 'HEAD' ? ctx.querystring : '');
  query.set('lang', language);
  return `${ctx.path}?${query.toString()}`;
}
