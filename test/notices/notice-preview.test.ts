import type { ProgrammeDocument } from '../../domain/programmes/document';
import { FakeMailServer } from '../worlds/fake-mail-server';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import type { Visitor } from '../worlds/visitor';

type Colleague = Visitor & { staffId: string };
interface Draft {
  version: number;
  document: ProgrammeDocument;
}

const programme = '/api/v1/programmes/test-programme';
let site: StaffSite;
let author: Colleague;
beforeAll(async () => {
  site = await createStaffSite();
  author = await site.colleague('supervisor');
});
afterAll(() => site.close());
beforeEach(async () => {
  for (const table of ['programme_draft', 'staff_email_check', 'staff_mail', 'inbox_message'])
    await site.city.database(table).delete();
  await site.city.database('staff').update({ sealed_email: null });
});

const inbox = (at: StaffSite = site) =>
  at.city
    .database('inbox_message')
    .orderBy('notice_id')
    .select<{ recipient: string; subject: string; body_text: string; body_html: string }[]>('*');
const codeIn = (text: string | undefined) => /確認コード：(\d{6})/.exec(text ?? '')?.[1] ?? '';

async function begin(change: (document: ProgrammeDocument) => void): Promise<void> {
  const draft = (await author.post(`${programme}/draft`, { from: 1 })).json<Draft & Record<string, unknown>>();
  change(draft.document);
  expect(
    (
      await author.send(
        'PATCH',
        `${programme}/draft`,
        JSON.stringify({ version: draft.version, document: draft.document }),
        { headers: { 'content-type': 'application/json' } },
      )
    ).status,
  ).toBe(200);
}

async function confirmed(person: Colleague, email: string): Promise<void> {
  expect((await person.post('/api/v1/me/email', { email })).status).toBe(204);
  const mails = await inbox();
  expect((await person.post('/api/v1/me/email/confirm', { code: codeIn(mails.at(-1)?.body_text) })).json()).toEqual({
    email,
  });
}

describe('a text beside its form', () => {
  test('is what the real notice says, for the occasion and the person', async () => {
    await begin((document) => {
      document.templates['confirmation'] = {
        subject: '{{doseLabel}}の予約',
        text: '{{date}} {{venueName}}{{#if reference}} 受付番号{{reference}}{{/if}}',
      };
    });
    const found = (
      await author.get(`${programme}/notice-preview?template=confirmation&step=confirmation&dose=1`)
    ).json<{ subject: string; text: string; by: string }>();
    expect(found).toMatchObject({ subject: '1回目の予約', by: 'email', keptBy: null });
    expect(found.text).toMatch(/^\d{4}年（令和\d+年）.+ 受付番号482-913-505$/);
    expect((await author.get(`${programme}/notice-preview?template=constructor`)).json()).toMatchObject({
      code: 'template_unknown',
    });
  });

  test('hostile texts are refused in the draft, and the mail is shown in a frame that can do nothing', async () => {
    await begin((document) => {
      document.templates['confirmation'] = {
        subject: '予約',
        text: '<script>alert(1)</script><img src=x onerror=alert(2)> {{date}}',
      };
    });
    const answer = await author.get(`${programme}/notice-preview/mail?template=confirmation`);
    expect(answer.headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'self'; sandbox allow-same-origin",
    );
    expect(answer.headers['x-frame-options']).toBe('SAMEORIGIN');
    expect(answer.text).toContain('&lt;script&gt;');
    expect(answer.text).not.toMatch(/<script|<img/);
  });

  test.each(['{{{date}}}', '{{constructor}}', '{{> partial}}', '{{lookup this "x"}}'])(
    '%s is never rendered: the text before it is shown',
    async (text) => {
      await begin((document) => {
        document.templates['confirmation']!.text = text;
      });
      const found = (await author.get(`${programme}/notice-preview?template=confirmation`)).json<{ text: string }>();
      expect(found.text).toContain('予約');
      expect(found.text).not.toContain('function');
    },
  );
});

describe('an own address', () => {
  test('counts when the code that was sent to it came back, and not before', async () => {
    const test = () => author.post(`${programme}/notice-test`, { template: 'confirmation' });
    expect((await test()).json()).toMatchObject({ code: 'email_unconfirmed' });
    await author.post('/api/v1/me/email', { email: 'own@city.example.jp' });
    expect((await test()).json()).toMatchObject({ code: 'email_unconfirmed' });
    const [mail] = await inbox();
    expect(mail).toMatchObject({ recipient: 'own@city.example.jp', subject: '確認コードのお知らせ' });
    expect((await author.post('/api/v1/me/email/confirm', { code: codeIn(mail?.body_text) })).json()).toEqual({
      email: 'own@city.example.jp',
    });
    expect((await author.get('/api/v1/me/email')).json()).toEqual({ email: 'own@city.example.jp' });
    expect((await test()).json()).toEqual({ to: 'own@city.example.jp' });
    const sent = (await inbox()).at(-1);
    expect(sent).toMatchObject({
      recipient: 'own@city.example.jp',
      subject: expect.stringMatching(/^【テスト】/) as unknown,
      body_text: expect.stringMatching(/^これはテスト送信です/) as unknown,
    });
    expect((await author.delete('/api/v1/me/email')).status).toBe(204);
    expect((await test()).json()).toMatchObject({ code: 'email_unconfirmed' });
  });

  test('a code is guessed five times at most, is good for half an hour, and for its own person alone', async () => {
    await author.post('/api/v1/me/email', { email: 'own@city.example.jp' });
    const code = codeIn((await inbox())[0]?.body_text);
    const other = await site.colleague('operator');
    expect((await other.post('/api/v1/me/email/confirm', { code })).json()).toMatchObject({ code: 'email_code_over' });
    const wrong = code === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 5; tries++)
      expect((await author.post('/api/v1/me/email/confirm', { code: wrong })).json()).toMatchObject({
        code: 'email_code_wrong',
      });
    expect((await author.post('/api/v1/me/email/confirm', { code })).json()).toMatchObject({ code: 'email_code_over' });
    await author.post('/api/v1/me/email', { email: 'own@city.example.jp' });
    await site.city.database('staff_email_check').update({ asked_at: new Date(Date.now() - 31 * 60_000) });
    expect(
      (await author.post('/api/v1/me/email/confirm', { code: codeIn((await inbox())[1]?.body_text) })).json(),
    ).toMatchObject({ code: 'email_code_over' });
  });

  test('is kept sealed, and neither it nor a code is in the audit', async () => {
    await confirmed(author, 'secret-place@city.example.jp');
    const row = await site.city
      .database('staff')
      .where({ id: author.staffId })
      .first<{ sealed_email: Buffer }>('sealed_email');
    expect(row.sealed_email.toString('latin1')).not.toContain('secret-place');
    await author.post(`${programme}/notice-test`, { template: 'confirmation' });
    const events = await site.city
      .database('audit_event')
      .where({ actor_id: author.staffId })
      .orderBy('seq', 'desc')
      .limit(3)
      .select<{ action: string; detail: unknown }[]>('action', 'detail');
    expect(events.map((event) => event.action)).toEqual(['notice.test', 'staff.email_confirm', 'staff.email_ask']);
    expect(JSON.stringify(events)).not.toContain('secret-place');
  });
});

describe('nobody makes an open mail sender of it', () => {
  test.each([
    { to: 'victim@example.com' },
    { email: 'victim@example.com' },
    { cc: 'victim@example.com' },
    { text: 'buy' },
    { subject: 'buy' },
  ])('a request that brings %j is refused', async (more) => {
    await confirmed(author, 'own@city.example.jp');
    expect((await author.post(`${programme}/notice-test`, { template: 'confirmation', ...more })).json()).toMatchObject(
      { code: 'invalid_request' },
    );
    expect((await inbox()).filter((mail) => mail.recipient !== 'own@city.example.jp')).toEqual([]);
  });

  test('several addresses in one, and line breaks, are no address', async () => {
    for (const email of [
      'a@example.jp, b@example.jp',
      'a@example.jp\r\nBcc: b@example.jp',
      'a@example.jp;b@example.jp',
      'A <a@example.jp>',
    ]) {
      expect((await author.post('/api/v1/me/email', { email })).json()).toMatchObject({
        code: 'invalid_request',
        faults: [{ field: 'email' }],
      });
    }
    expect(await inbox()).toEqual([]);
  });

  test('thirty clicks at once are ten mails, and three codes', async () => {
    await confirmed(author, 'own@city.example.jp');
    await site.city.database('staff_mail').delete();
    await site.city.database('inbox_message').delete();
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => author.post(`${programme}/notice-test`, { template: 'confirmation' })),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(10);
    expect(new Set(answers.filter((answer) => answer.status !== 200).map((answer) => answer.json()['code']))).toEqual(
      new Set(['mail_limit_reached']),
    );
    const codes = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        author.post('/api/v1/me/email', { email: `victim${String(at)}@example.com` }),
      ),
    );
    expect(codes.filter((answer) => answer.status === 204)).toHaveLength(3);
    expect(await inbox()).toHaveLength(13);
  });

  test('one address gets five codes a day, by all requests together', async () => {
    const colleagues = await Promise.all(Array.from({ length: 7 }, () => site.colleague('operator')));
    const answers = await Promise.all(
      colleagues.map((person) => person.post('/api/v1/me/email', { email: 'victim@example.com' })),
    );
    expect(answers.filter((answer) => answer.status === 204)).toHaveLength(5);
    expect(await inbox()).toHaveLength(5);
  });

  test('a hostile subject makes no header: one mail, one recipient', async () => {
    const server = new FakeMailServer();
    const own = await createStaffSite({ smtpUrl: await server.start() });
    try {
      const person = await own.colleague('supervisor');
      await own.city
        .database('staff')
        .where({ id: person.staffId })
        .update({ sealed_email: own.city.keys.seal('own@city.example.jp') });
      const draft = (await person.post(`${programme}/draft`, { from: 1 })).json<Draft & Record<string, unknown>>();
      draft.document.templates['confirmation']!.subject = 'x\r\nBcc: victim@example.com';
      await person.send(
        'PATCH',
        `${programme}/draft`,
        JSON.stringify({ version: draft.version, document: draft.document }),
        { headers: { 'content-type': 'application/json' } },
      );
      expect((await person.post(`${programme}/notice-test`, { template: 'confirmation' })).status).toBe(200);
      expect(server.taken.map((mail) => mail.to)).toEqual(['own@city.example.jp']);
      expect(server.taken[0]?.raw).not.toMatch(/^bcc:/im);
      expect(await inbox(own)).toEqual([]);
    } finally {
      await own.close();
      await server.stop();
    }
  });
});
