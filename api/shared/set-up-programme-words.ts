import type Koa from 'koa';

import type { Programmes } from '../../database/programmes';
import { inOwnWords } from '../../domain/programmes/words';
import type { RequestState } from './state';

const problemType = 'application/problem+json';

interface Problem {
  title: string;
  detail: string;
}

/**
 * Says the sentences of problem documents in the words of the programme in force: a health check has no coupon. To be set up outside of what
 * sends them. Where no programme can be read, the sentences stay as they are: a refusal must not fail for want of a word.
 */
export function setUpProgrammeWords(app: Koa<RequestState>, programmes: Pick<Programmes, 'current'>): void {
  app.use(async (ctx, next) => {
    await next();
    if (typeof ctx.body !== 'string' || ctx.type !== problemType) return;
    const version = await programmes.current().catch(() => undefined);
    if (!version) return;
    const problem = JSON.parse(ctx.body) as Problem;
    const say = (sentence: string) => inOwnWords(version.document, sentence);
    ctx.body = JSON.stringify({ ...problem, title: say(problem.title), detail: say(problem.detail) });
    ctx.type = problemType;
  });
}
