import type Router from '@koa/router';

import type { Programmes } from '../../../database/programmes';
import type { SiteSettingsReader } from '../../../database/site';
import { openingOf } from '../../../domain/programmes/opening';
import { noticesAt } from '../../../domain/site/settings';
import type { RequestState } from '../../shared/state';
import type { Page } from './page';

export function addFrontPage(
  router: Router<RequestState>,
  { page, programmes, site }: { page: Page; programmes: Pick<Programmes, 'current'>; site: SiteSettingsReader },
): void {
  router.get('/', async (ctx) => {
    const words = await page.wordsFor(ctx);
    const { t, dates } = words;
    const document = words.programme((await programmes.current()).document);
    const now = new Date();
    const opening = openingOf(document, now);
    const sentence =
      opening.state === 'open'
        ? t('front.open')
        : opening.nextOpensAt !== undefined
          ? t('front.opens_at', { moment: dates.moment(opening.nextOpensAt) })
          : t('front.closed');
    await page.send(ctx, 'front', {
      title: t('front.title', { service: words.names(document).service }),
      document,
      notices: noticesAt(await site.current(), now),
      sentence,
      state: opening.state,
      isClosed: opening.state === 'closed',
      groups: opening.groups.map((group) => ({
        label: group.label,
        state: group.state,
        words: t(`front.group_${group.state}`),
        when:
          group.state === 'before'
            ? t('front.from', { moment: dates.moment(group.opensAt) })
            : group.state === 'open' && group.closesAt !== undefined
              ? t('front.until', { moment: dates.moment(group.closesAt) })
              : undefined,
      })),
    });
  });
}
