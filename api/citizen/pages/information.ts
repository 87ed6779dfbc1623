import type Router from '@koa/router';
import { usualCouponLost } from '../../../domain/site/settings';
import type { Programmes } from '../../../database/programmes';
import type { SiteSettingsReader } from '../../../database/site-settings';
import type { RequestState } from '../../shared/state';
import type { Page } from './page';

const pages = [
  { path: '/help/coupon', view: 'help-coupon', title: '接種券が見つからないとき' },
  { path: '/accessibility', view: 'accessibility', title: 'アクセシビリティについて' },
  { path: '/privacy', view: 'privacy', title: '個人情報の取り扱い' },
] as const;

/** Pages that only inform. */
export function addInformationPages(router: Router<RequestState>, { page, programmes, site }: { page: Page; programmes: Pick<Programmes, 'current'>; site: SiteSettingsReader }): void {
  for (const { path, view, title } of pages) {
    router.get(path, async (ctx) => {
      const { document } = await programmes.current();
      await page.send(ctx, view, { title, back: '/', document, couponLost: (await site.current()).couponLost ?? usualCouponLost });
    });
  }

  router.get('/robots.txt', (ctx) => {
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = 'User-agent: *\nAllow: /$\nAllow: /help/\nDisallow: /\n';
  });
}
