import type { Programmes } from '../../../database/programmes';
import type { Refusal } from '../../../domain/contracts/booking-refusals';
import { refusals } from '../../../domain/contracts/booking-refusals';
import type { NoticePage, ProgrammeDocument } from '../../../domain/programmes/document';
import { noticesOn } from '../../../domain/programmes/words';
import type { Assets } from '../../shared/assets';
import type { AppContext } from '../../shared/state';
import type { Views } from '../../shared/views';
import type { Languages, PageLanguage } from '../frame/languages';
import { refusalIn } from '../words/refusal-words';
import type { Words } from '../words/words';
import { stepperModel } from './stepper';

export interface PageModel {
  /** Of the page, without the site's name. */
  readonly title: string;
  /** Faults, each with the id of its field: makes the summary at the top and the title start 「エラー：」. */
  readonly errors?: readonly { readonly id: string; readonly sentence: string }[];
  /** The step of booking that the page belongs to, 1–5. */
  readonly step?: number;
  /** Where 「戻る」 leads. */
  readonly back?: string;
  /** The form that the page is; left out where nothing can be typed or ticked. */
  readonly form?: PageForm | undefined;
}

/**
 * One form around the whole page, the frame included: whatever is pressed on it sends along what was typed (see `pressed.ts`). Nothing in
 * such a page may be a form of its own. Around, not by `form` attributes: text browsers know none.
 */
export interface PageForm {
  readonly action: string;
  /** What the form is for: what Enter presses, wherever that button stands on the page. */
  readonly primary: string;
  /** What was typed is kept by every button, so that those that lead elsewhere can be buttons too. */
  readonly keeps?: boolean;
}

export interface Page {
  /** What the page is written in. */
  wordsFor(ctx: AppContext): Promise<Words>;
  /** Answers with view `name` in the site's frame. */
  send(
    ctx: AppContext,
    name: string,
    model: PageModel & Readonly<Record<string, unknown>>,
    status?: number,
  ): Promise<void>;
  /** Answers with the page for a refusal that has no better place. Needs no database. */
  sendRefusal(ctx: AppContext, refusal: Refusal): Promise<void>;
}

export interface PageDependencies {
  readonly views: (words: Words) => Views;
  readonly assets: Pick<Assets, 'urlOf'>;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly languages: Languages;
  /** The token for the forms of the page being rendered. */
  readonly formToken: (ctx: AppContext) => string;
  /** Whether notices can be had by LINE. */
  readonly hasLine?: boolean;
}

/** Which pages carry the programme's notices, by view. */
const noticePages: Readonly<Record<string, NoticePage>> = {
  front: 'front',
  login: 'login',
  'my-bookings': 'bookings',
  venues: 'venues',
  days: 'times',
  times: 'times',
  details: 'details',
  booking: 'done',
};

export function createPage({
  views,
  assets,
  programmes,
  languages,
  formToken,
  hasLine = false,
}: PageDependencies): Page {
  // What the citizen needs most when the database is away is the telephone number: the last one known. Undefined until a programme was read.
  let known: ProgrammeDocument | undefined;

  function write(
    ctx: AppContext,
    { words, links, offer }: PageLanguage,
    name: string,
    model: PageModel & Readonly<Record<string, unknown>>,
    status: number,
  ): void {
    let token: string | undefined;
    // A function, which Handlebars calls where a form needs it: pages without forms set no cookie.
    const csrf = (): string => (token ??= formToken(ctx));
    const isError = (model.errors?.length ?? 0) > 0;
    const frame = frameOf(words, known);
    const shared = { ...frame, csrf, hasLine, loggedIn: ctx.state.session !== undefined };
    const inLanguage = views(words);
    const content = inLanguage.render(name, {
      ...shared,
      ...model,
      ...(model.step === undefined ? {} : { stepper: stepperModel(words, model.step) }),
    });
    const title = words.t('frame.title', { title: model.title, site: frame.siteName });
    ctx.status = status;
    ctx.type = 'text/html; charset=utf-8';
    ctx.set('Content-Language', words.tag);
    ctx.body = inLanguage.render('layout', {
      ...shared,
      back: model.back,
      form: model.form,
      content,
      title: isError ? words.t('frame.error_title', { title }) : title,
      languageTag: words.tag,
      languages: links.length > 0 ? links : undefined,
      offer,
      nonce: ctx.state.nonce,
      css: assets.urlOf('site.css'),
      js: assets.urlOf('site.js'),
      icon: assets.urlOf('favicon.svg'),
      isFront: name === 'front',
      pageNotices: known
        ? noticesOn(words.programme(known), noticePages[name], new Date()).map(({ tone, text }) => ({
            text,
            isWarning: tone === 'warn',
          }))
        : [],
    });
  }

  return {
    wordsFor: async (ctx) => (await languages.of(ctx)).words,

    async send(ctx, name, model, status = 200) {
      known = (await programmes.current()).document;
      write(ctx, await languages.of(ctx), name, model, status);
    },

    async sendRefusal(ctx, refusal) {
      await programmes.current().then(
        ({ document }) => {
          known = document;
        },
        () => undefined,
      );
      const language = await languages.of(ctx);
      const status = refusals[refusal.code].http;
      write(
        ctx,
        language,
        'refusal',
        {
          title: refusalTitle(language.words, refusal, status),
          sentence: refusalIn(language.words, refusal, known),
          isBusy: status >= 500,
        },
        status,
      );
    },
  };
}

/** What is around every page. Without a programme: the site's own words alone. */
function frameOf(words: Words, document: ProgrammeDocument | undefined) {
  const names = words.names(document);
  if (!document)
    return { siteName: words.t('frame.site'), programmeName: '', city: '', callCentre: undefined, words: names };
  const { name, city, callCentre } = words.programme(document);
  return {
    siteName: `${city} ${words.t('frame.site_name', { programme: name })}`,
    programmeName: name,
    city,
    callCentre,
    words: names,
  };
}

function refusalTitle({ t }: Words, { code }: Refusal, status: number): string {
  if (status >= 500) return t('refused.wait');
  if (status === 404) return t('refused.not_found');
  if (code === 'csrf') return t('refused.page_too_old');
  return t('refused.other');
}
