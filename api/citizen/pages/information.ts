import type Router from '@koa/router';

import type { Programmes } from '../../../database/programmes';
import type { SiteSettingsReader } from '../../../database/site';
import type { RequestState } from '../../shared/state';
import type { Page } from './page';

const pages = [
  { path: '/help/coupon', view: 'help-coupon', title: 'frame.coupon_lost' },
  { path: '/accessibility', view: 'accessibility', title: 'accessibility.heading' },
  { path: '/privacy', view: 'privacy', title: 'privacy.heading' },
] as const;

/** Pages that only inform. */
export function addInformationPages(
  router: Router<RequestState>,
  { page, programmes, site }: { page: Page; programmes: Pick<Programmes, 'current'>; site: SiteSettingsReader },
): void {
  for (const { path, view, title } of pages) {
    router.get(path, async (ctx) => {
      const words = await page.wordsFor(ctx);
      const document = words.programme((await programmes.current()).document);
      // What the city says itself it says in Japanese.
      const couponLost = (await site.current()).couponLost ?? words.t('help.lost');
      await page.send(ctx, view, {
        title: words.t(title, { paper: words.names(document).shortPaper }),
        back: '/',
        document,
        couponLost,
      });
    });
  }

  router.get('/robots.txt', (ctx) => {
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = 'User-agent: *\nAllow: /$\nAllow: /help/\nDisallow: /\n';
  });
}
