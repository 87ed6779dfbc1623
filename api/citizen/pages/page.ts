import type { Refusal } from '../../../domain/booking/refusals';
import { refusals } from '../../../domain/booking/refusals';
import { refusalSentence } from '../../../domain/booking/refusal-words';
import type { NoticePage, ProgrammeDocument } from '../../../domain/programme/document';
import { inOwnWords, noticesOn, wordsOf, type ProgrammeWords } from '../../../domain/programme/words';
import type { Programmes } from '../../../database/programmes';
import type { Assets } from '../../shared/assets';
import type { AppContext } from '../../shared/state';
import type { Views } from '../../shared/views';
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
}

export interface Page {
  /** Answers with view `name` in the site's frame. */
  send(ctx: AppContext, name: string, model: PageModel & Readonly<Record<string, unknown>>, status?: number): Promise<void>;
  /** Answers with the page for a refusal that has no better place. Needs no database. */
  sendRefusal(ctx: AppContext, refusal: Refusal): Promise<void>;
}

export interface PageDependencies {
  readonly views: Views;
  readonly assets: Pick<Assets, 'urlOf'>;
  readonly programmes: Pick<Programmes, 'current'>;
  /** The token for the forms of the page being rendered. */
  readonly formToken: (ctx: AppContext) => string;
  /** Whether notices can be had by LINE. */
  readonly hasLine?: boolean;
}

interface Frame {
  readonly siteName: string;
  readonly programmeName: string;
  readonly city: string;
  readonly callCentre: { readonly telephone: string; readonly hours: string } | undefined;
  readonly words: ProgrammeWords | undefined;
  readonly document: ProgrammeDocument | undefined;
}

/** Which pages carry the programme's notices, by view. */
const noticePages: Readonly<Record<string, NoticePage>> = {
  front: 'front', login: 'login', 'my-bookings': 'bookings', venues: 'venues', days: 'times', times: 'times', details: 'details', booking: 'done',
};

/** Until a programme was read for the first time. */
const bareFrame: Frame = { siteName: '予約サイト', programmeName: '', city: '', callCentre: undefined, words: undefined, document: undefined };

export function createPage({ views, assets, programmes, formToken, hasLine = false }: PageDependencies): Page {
  // What the citizen needs most when the database is away is the telephone number: the last one known.
  let frame = bareFrame;

  function write(ctx: AppContext, name: string, model: PageModel & Readonly<Record<string, unknown>>, status: number): void {
    let token: string | undefined;
    // A function, which Handlebars calls where a form needs it: pages without forms set no cookie.
    const csrf = (): string => (token ??= formToken(ctx));
    const isError = (model.errors?.length ?? 0) > 0;
    const shared = { ...frame, csrf, hasLine, loggedIn: ctx.state.session !== undefined };
    const content = views.render(name, { ...shared, ...model, ...(model.step === undefined ? {} : { stepper: stepperModel(model.step) }) });
    ctx.status = status;
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = views.render('layout', {
      ...shared,
      back: model.back,
      content,
      title: `${isError ? 'エラー：' : ''}${model.title}｜${frame.city}${frame.siteName === bareFrame.siteName ? '' : ' '}${frame.siteName}`,
      nonce: ctx.state.nonce,
      css: assets.urlOf('site.css'),
      js: assets.urlOf('site.js'),
      icon: assets.urlOf('favicon.svg'),
      isFront: name === 'front',
      pageNotices: frame.document ? noticesOn(frame.document, noticePages[name], new Date()).map(({ tone, text }) => ({ text, isWarning: tone === 'warn' })) : [],
    });
  }

  return {
    async send(ctx, name, model, status = 200) {
      frame = frameOf((await programmes.current()).document);
      write(ctx, name, model, status);
    },

    async sendRefusal(ctx, refusal) {
      await programmes.current().then(({ document }) => { frame = frameOf(document); }, () => undefined);
      const status = refusals[refusal.code].http;
      write(ctx, 'refusal', { title: refusalTitle(refusal, status), sentence: frame.document ? inOwnWords(frame.document, refusalSentence(refusal)) : refusalSentence(refusal), isBusy: status >= 500 }, status);
    },
  };
}

function frameOf(document: ProgrammeDocument): Frame {
  const { name, city, callCentre } = document;
  return { siteName: `${name} 予約サイト`, programmeName: name, city, callCentre, words: wordsOf(document), document };
}

function refusalTitle({ code }: Refusal, status: number): string {
  if (status >= 500) return 'しばらくお待ちください';
  if (status === 404) return '見つかりませんでした';
  if (code === 'csrf') return '画面の有効時間が過ぎました';
  return '続けられませんでした';
}
