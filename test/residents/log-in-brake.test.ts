import { createLoginBrake, readLoginBrake } from '../../database/residents/log-in-brake';
import { type CitySite, createCitySite, freshCoupon } from '../worlds/city-site';
import type { Visitor } from '../worlds/visitor';

let site: CitySite;
beforeEach(async () => {
  site = await createCitySite({ trustedProxies: ['127.0.0.1', '::1'], braked: true });
});
afterEach(() => site.close());

let addresses = 0;
/** Everybody calls from an address of their own: the counters per network see nothing. */
const logIn = (visitor: Visitor, couponNumber: string, birthDate = '1947-04-01') => {
  addresses++;
  return visitor.post(
    '/api/v1/session',
    { couponNumber, birthDate },
    { headers: { 'x-forwarded-for': `203.0.${String(Math.floor(addresses / 250))}.${String((addresses % 250) + 1)}` } },
  );
};
const guess = () => logIn(site.visitor(), freshCoupon());
const level = async (value: number) =>
  site.city.database('login_brake').update({ level: value, updated_at: site.city.database.fn.now() });
/** What a process has read is good for a second. */
const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1_050));

test('guesses from very many addresses are stopped by the site as a whole; known devices and open sessions go on', async () => {
  const number = freshCoupon();
  await site.city.addResident({ number });
  const known = site.visitor();
  expect((await logIn(known, number)).status).toBe(200);

  const statuses: number[] = [];
  const since = Date.now();
  for (let index = 0; index < 60; index++) statuses.push((await guess()).status);
  const tried = statuses.filter((status) => status === 401).length;
  // 30 fill the bucket; what runs out meanwhile, one in two seconds, lets a few more in.
  expect(tried).toBeGreaterThanOrEqual(30);
  expect(tried).toBeLessThanOrEqual(32 + Math.ceil((Date.now() - since) / 2_000));
  const stopped = await guess();
  expect([stopped.status, stopped.json()['code'], stopped.headers['retry-after']]).toEqual([
    429,
    'too_many_attempts',
    '60',
  ]);

  // The bucket runs out while a busy machine does something else: filled further, so that what follows needs no haste.
  await level(45);
  await aSecond();
  // A person with the right date on a new device waits as well; on a device that was here before they do not.
  expect((await logIn(site.visitor(), number)).status).toBe(429);
  expect((await known.get('/api/v1/me')).status).toBe(200);
  expect((await logIn(known, number)).status).toBe(200);
  await aSecond();
  await guess();
  // Other processes see it too; the successes above and the seconds since have taken a little out.
  expect((await readLoginBrake(site.city.database)).level).toBeGreaterThan(15);
});

test('all at once get no further than one after the other', async () => {
  const statuses = await Promise.all(Array.from({ length: 20 }, guess)).then((answers) =>
    answers.map((answer) => answer.status),
  );
  expect(statuses.every((status) => status === 401)).toBe(true);
  await aSecond();
  await level(60);
  expect(new Set((await Promise.all(Array.from({ length: 20 }, guess))).map((answer) => answer.status))).toEqual(
    new Set([429]),
  );
});

test('the bucket runs out at 30 a minute, and an attack is forgotten after an hour at most', async () => {
  const { database } = site.city;
  const brake = createLoginBrake(database);
  await database('login_brake').update({ level: 75, updated_at: new Date(Date.now() - 60_000) });
  expect(await readLoginBrake(database)).toEqual({ isOn: true, level: 45 });
  expect(await brake.isOn()).toBe(true);
  await database('login_brake').update({ level: 75, updated_at: new Date(Date.now() - 100_000) });
  expect(await readLoginBrake(database)).toEqual({ isOn: false, level: 25 });
  await aSecond();
  expect(await brake.isOn()).toBe(false);
  for (let index = 0; index < 100_000; index++) brake.failed();
  await aSecond();
  expect(await brake.isOn()).toBe(true);
  expect((await readLoginBrake(database)).level).toBeLessThanOrEqual(1_800);
});

test('mistyping on an opening day does not close the site: successes make room', async () => {
  const changes: boolean[] = [];
  const brake = createLoginBrake(site.city.database, (isOn) => {
    changes.push(isOn);
  });
  await brake.isOn();
  for (let index = 0; index < 2_000; index++) {
    brake.succeeded();
    if (index % 5 === 0) brake.failed();
  }
  expect(await brake.isOn()).toBe(false);
  await aSecond();
  expect(await brake.isOn()).toBe(false);
  expect(changes).toEqual([]);
  // No credit is saved up for later.
  for (let index = 0; index < 40; index++) brake.failed();
  expect(await brake.isOn()).toBe(true);
  expect(changes).toEqual([true]);
});
