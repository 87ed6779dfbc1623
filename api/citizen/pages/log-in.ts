import type Router from '@koa/router';

import type { Programmes } from '../../../database/programmes';
import { refusals, refuse } from '../../../domain/contracts/booking-refusals';
import type { CookieJar } from '../../shared/cookies';
import type { SessionCheck } from '../../shared/session-check';
import type { AppContext, RequestState } from '../../shared/state';
import { pressedIn } from '../frame/pressed';
import { safeNext, seeOther, textOf } from '../frame/requests';
import { deviceCookie, deviceCookieMaxAgeS } from '../residents/device-cookie';
import type { LogIn } from '../residents/log-in';
import type { LogInFault } from '../words/fault-words';
import { logInFaultIn } from '../words/fault-words';
import { refusalIn } from '../words/refusal-words';
import type { Page } from './page';

export interface LogInPageDependencies {
  readonly page: Page;
  readonly logIn: LogIn;
  readonly sessionCheck: SessionCheck;
  readonly cookies: CookieJar;
  readonly programmes: Pick<Programmes, 'current'>;
}

interface LogInPage {
  readonly faults?: readonly LogInFault[];
  /** Said above the form, for what is no fault of one field. */
  readonly failure?: string;
  /** The birth date as understood. */
  readonly birthDate?: string | undefined;
  readonly status?: number;
}

/** Eras to choose from beside the year. A person of 明治 writes it into the year's box. */
const eras = ['西暦', '大正', '昭和', '平成', '令和'];
const boxIds = { year: 'birthYear', month: 'birthMonth', day: 'birthDay' } as const;

export function addLogInPages(
  router: Router<RequestState>,
  { page, logIn, sessionCheck, cookies, programmes }: LogInPageDependencies,
): void {
  async function send(
    ctx: AppContext,
    typed: Readonly<Record<string, unknown>> | undefined,
    { faults = [], failure, birthDate, status = 200 }: LogInPage,
  ): Promise<void> {
    const words = await page.wordsFor(ctx);
    const { t } = words;
    const { document: inJapanese } = await programmes.current();
    const document = words.programme(inJapanese);
    const inWords = (fault: LogInFault | undefined): string | undefined =>
      fault && logInFaultIn(words, fault, inJapanese);
    const number = faults.find((fault) => fault.field === 'couponNumber');
    const birth = faults.find((fault) => fault.field === 'birthDate');
    const kana = faults.find((fault) => fault.field === 'kana');
    const wrong = new Set(birth?.parts);
    const [numberError, birthError, kanaError] = [inWords(number), inWords(birth), inWords(kana)];
    const errors = [
      ...(failure === undefined ? [] : [{ id: 'couponNumber', sentence: failure }]),
      ...(numberError === undefined ? [] : [{ id: 'couponNumber', sentence: numberError }]),
      ...(kanaError === undefined ? [] : [{ id: 'kana', sentence: kanaError }]),
      ...(birthError === undefined ? [] : [{ id: boxIds[birth?.parts[0] ?? 'year'], sentence: birthError }]),
    ];
    const chosenEra = textOf(typed, 'birthEra');
    const next = safeNext(textOf(typed, 'next'));
    await page.send(
      ctx,
      'login',
      {
        title: t('login.heading'),
        form: { action: '/login', primary: t('login.do') },
        back: '/',
        errors,
        document,
        next,
        // Only a person who was sent here from the middle of something can have been away too long.
        wasAway: next !== '/bookings' && status === 200,
        awaySentence: refusalIn(words, refuse('not_logged_in'), inJapanese),
        couponNumber: textOf(typed, 'couponNumber'),
        asksKana: document.identification.secondFact === 'kana',
        secondFactLabel:
          document.identification.secondFact === 'kana'
            ? (document.identification.kana?.label ?? t('usual.kana'))
            : document.identification.birthDate.label,
        kana: textOf(typed, 'kana'),
        kanaError,
        numberError,
        birthError,
        echo: birthDate === undefined ? undefined : words.dates.birthDate(birthDate),
        eras: eras.map((name) => ({ name, label: t(`login.eras.${name}`), checked: name === chosenEra })),
        boxes: (['year', 'month', 'day'] as const).map((part) => ({
          id: boxIds[part],
          label: t(`login.${part}`),
          value: textOf(typed, boxIds[part]),
          autocomplete: `bday-${part}`,
          isYear: part === 'year',
          invalid: wrong.has(part),
        })),
      },
      status,
    );
  }

  router.get('/login', async (ctx) => {
    await send(ctx, { next: textOf(ctx.query, 'next') }, {});
  });

  router.post('/login', async (ctx) => {
    const { body } = ctx.state;
    // Another language: what was typed goes from page to page, and nowhere else. It is no attempt to log in.
    if (pressedIn(body)) {
      await send(ctx, body, {});
      return;
    }
    const result = await logIn({
      couponNumber: textOf(body, 'couponNumber').slice(0, 100),
      kana: textOf(body, 'kana').slice(0, 100),
      birthDate: {
        era: textOf(body, 'birthEra').slice(0, 20),
        year: textOf(body, 'birthYear').slice(0, 40),
        month: textOf(body, 'birthMonth').slice(0, 20),
        day: textOf(body, 'birthDay').slice(0, 20),
      },
      clientAddress: ctx.state.clientAddress,
      throughLine: safeNext(textOf(body, 'next')).startsWith('/line/link'),
      deviceCookie: cookies.read(ctx.req, deviceCookie),
    });
    if (result.ok) {
      sessionCheck.start(ctx, result.token);
      cookies.write(ctx.res, deviceCookie, result.deviceCookie, deviceCookieMaxAgeS);
      seeOther(ctx, safeNext(textOf(body, 'next')));
    } else if (result.kind === 'malformed') {
      await send(ctx, body, {
        faults: result.faults,
        birthDate: result.birthDate,
        status: refusals.invalid_answers.http,
      });
    } else {
      const { http } = refusals[result.refusal.code];
      if (result.retryAfterS > 0) ctx.set('Retry-After', String(result.retryAfterS));
      const failure = refusalIn(
        await page.wordsFor(ctx),
        refuse(result.refusal.code),
        (await programmes.current()).document,
      );
      await send(ctx, body, { failure, birthDate: result.birthDate, status: http });
    }
  });

  async function logOut(ctx: AppContext): Promise<void> {
    await sessionCheck.end(ctx);
    seeOther(ctx, '/logged-out');
  }

  router.post('/logout', logOut);

  // On a page that is one form the log-out is one of its buttons.
  router.use((ctx, next) => (pressedIn(ctx.state.body)?.what === 'log-out' ? logOut(ctx) : next()));

  router.get('/logout', (ctx) => {
    seeOther(ctx, '/bookings');
  });

  router.get('/logged-out', async (ctx) => {
    await page.send(ctx, 'logged-out', { title: (await page.wordsFor(ctx)).t('logged_out.heading') });
  });
}
