import { performance } from 'node:perf_hooks';

import { Pool } from 'undici';

import { benchAnswers } from './bench-city';
import { birthDate, type LoggedIn, type Subject } from './subject';

/** Connections that citizens' requests come over at the same time. */
export const httpConcurrency = 64;

export interface Load {
  readonly perSecond: number;
  /** Of one hold, ms from the moment it was due to its answer. */
  readonly holdMs: readonly number[];
  /** Of hold and confirm together, ms. */
  readonly pairMs: readonly number[];
}

/** The value below which `share` of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Everybody holds a seat and confirms it, `httpConcurrency` at once. @throws Error at the first answer that is no success. */
export async function bookAll(subject: Subject, people: readonly LoggedIn[]): Promise<Load> {
  let next = 0;
  return book(subject, people, async (one) => {
    await Promise.all(
      Array.from({ length: httpConcurrency }, async () => {
        while (next < people.length) await one(next++, performance.now());
      }),
    );
  });
}

/** Everybody holds a seat and confirms it, `perSecond` arriving a second however slow the answers are. */
export async function bookAtRate(subject: Subject, people: readonly LoggedIn[], perSecond: number): Promise<Load> {
  return book(subject, people, async (one) => {
    const began = performance.now();
    const running: Promise<void>[] = [];
    for (let index = 0; index < people.length;) {
      const dueAt = began + (index * 1000) / perSecond;
      const wait = dueAt - performance.now();
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      else running.push(one(index++, dueAt));
    }
    await Promise.all(running);
  });
}

async function book(
  { city, url }: Subject,
  people: readonly LoggedIn[],
  drive: (one: (index: number, dueAt: number) => Promise<void>) => Promise<void>,
): Promise<Load> {
  const pool = new Pool(url, { connections: httpConcurrency, pipelining: 1 });
  const [holdMs, pairMs]: [number[], number[]] = [[], []];
  const post = async (path: string, key: string, cookie: string, body: unknown, wanted: number) => {
    const answer = await pool.request({
      path,
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== wanted) throw new Error(`${path} answered ${String(answer.statusCode)}: ${text}`);
    return JSON.parse(text) as { id: string };
  };
  try {
    const began = performance.now();
    await drive(async (index, dueAt) => {
      const cookie = people[index]?.cookie ?? '';
      const slotId = city.slotIds[index % city.slotIds.length];
      const held = await post('/api/v1/bookings', `hold-${String(index)}`, cookie, { slotId, dose: 1 }, 201);
      holdMs.push(performance.now() - dueAt);
      const path = `/api/v1/bookings/${held.id}/confirm`;
      await post(path, `confirm-${String(index)}`, cookie, { answers: benchAnswers }, 200);
      pairMs.push(performance.now() - dueAt);
    });
    return { perSecond: people.length / ((performance.now() - began) / 1000), holdMs, pairMs };
  } finally {
    await pool.close();
  }
}

function addressOf(index: number): string {
  return `10.${String((index >> 16) & 255)}.${String((index >> 8) & 255)}.${String(index & 255)}`;
}

/** Everybody logs in with number and birth date, `httpConcurrency` at once. Log-ins a second. */
export async function logInAll({ url }: Subject, coupons: readonly string[]): Promise<number> {
  const pool = new Pool(url, { connections: httpConcurrency, pipelining: 1 });
  let next = 0;
  try {
    const began = performance.now();
    await Promise.all(
      Array.from({ length: httpConcurrency }, async () => {
        while (next < coupons.length) {
          const answer = await pool.request({
            path: '/api/v1/session',
            method: 'POST',
            // One address each, as behind the city's proxy: a single one would be braked as a guesser's.
            headers: { 'content-type': 'application/json', 'x-forwarded-for': addressOf(next) },
            body: JSON.stringify({ couponNumber: coupons[next++], birthDate }),
          });
          const text = await answer.body.text();
          if (answer.statusCode >= 300) throw new Error(`a log-in was answered ${String(answer.statusCode)}: ${text}`);
        }
      }),
    );
    return coupons.length / ((performance.now() - began) / 1000);
  } finally {
    await pool.close();
  }
}
