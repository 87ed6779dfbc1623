/**
 * A real identity provider (oidc-provider) as a process of its own: it is an ES module, and being elsewhere is its nature.
 * Who is sitting in front of it is told by POST /person {subject, claims}; it never asks for a password.
 * argv: port, redirect URI.
 */
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const [, , port, redirectUri] = process.argv;
const issuer = `http://localhost:${port}`;
let person = { subject: 'nobody', claims: {} };
const people = new Map();

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'toki',
      client_secret: 'only-for-this-test-0123456789abcdef',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  cookies: { keys: ['only-for-this-test'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'] },
  scopes: ['openid', 'profile'],
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people.get(id) }) }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  async loadExistingGrant(ctx) {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
  // Each log-in asks anew who is there.
  ttl: { Session: 1 },
});
const answer = provider.callback();

createServer(async (req, res) => {
  if (req.method === 'POST' && req.url === '/person') {
    let text = '';
    for await (const part of req) text += part;
    person = JSON.parse(text);
    people.set(person.subject, person.claims);
    res.writeHead(204).end();
    return;
  }
  if (req.url.startsWith('/interaction/')) {
    await provider.interactionFinished(req, res, { login: { accountId: person.subject, remember: false } });
    return;
  }
  await answer(req, res);
}).listen(Number(port), '127.0.0.1', () => {
  process.stdout.write('ready\n');
});
