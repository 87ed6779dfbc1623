import type Router from '@koa/router';
import { cityDate, cityTime, formatTimeJa, type Instant } from '../../../domain/calendar/city-time';
import { openingOf } from '../../../domain/programme/opening';
import { noticesAt } from '../../../domain/site/settings';
import { inLanguage, languageFrom, languageNames, languagesOf } from '../../../domain/programme/languages';
import { wordsOf } from '../../../domain/programme/words';
import type { Programmes } from '../../../database/programmes';
import type { SiteSettingsReader } from '../../../database/site-settings';
import type { RequestState } from '../../shared/state';
import type { Page } from './page';
import { textOf } from './requests';
import { shortDateJa } from './words';

const stateWords = { open: '受付中', before: '受付前', closed: '受付終了' } as const;

export function addFrontPage(router: Router<RequestState>, { page, programmes, site }: { page: Page; programmes: Pick<Programmes, 'current'>; site: SiteSettingsReader }): void {
  router.get('/', async (ctx) => {
    const { document: inJapanese } = await programmes.current();
    const language = languageFrom(inJapanese, textOf(ctx.query, 'lang'));
    const document = inLanguage(inJapanese, language);
    const languages = languagesOf(inJapanese);
    const now = new Date();
    const opening = openingOf(document, now);
    const sentence =
      opening.state === 'open'
        ? '予約を受け付けています'
        : opening.nextOpensAt !== undefined
          ? `${momentJa(opening.nextOpensAt)}に受付が始まります`
          : '予約の受付は終了しました';
    await page.send(ctx, 'front', {
      title: `${wordsOf(document).service}の予約`,
      document,
      languages: languages.length === 1 ? undefined : languages.map((item) => ({ ...languageNames[item], url: item === 'ja' ? '/' : `/?lang=${item}`, isCurrent: item === language })),
      isTranslated: languageNames[language].tag !== 'ja',
      languageTag: languageNames[language].tag,
      notices: noticesAt(await site.current(), now),
      sentence,
      state: opening.state,
      isClosed: opening.state === 'closed',
      groups: opening.groups.map((group) => ({
        label: group.label,
        state: group.state,
        words: stateWords[group.state],
        when:
          group.state === 'before'
            ? `${momentJa(group.opensAt)}から`
            : group.state === 'open' && group.closesAt !== undefined
              ? `${momentJa(group.closesAt)}まで`
              : undefined,
      })),
    });
  });
}

/** `4月19日（月）午前8時30分` */
function momentJa(instant: Instant): string {
  return `${shortDateJa(cityDate(instant))}${formatTimeJa(cityTime(instant))}`;
}
