import { claimValues } from './claims';

const claims = {
  groups: ['toki-admin', 7, '', null],
  role: 'operator',
  realm_access: { roles: ['a', 'b'] },
  'https://city.example/roles': ['c'],
  nested: { deep: 'x' },
  count: 3,
};

test.each([
  ['groups', ['toki-admin']],
  ['role', ['operator']],
  ['realm_access.roles', ['a', 'b']],
  ['https://city.example/roles', ['c']],
  ['count', []],
  ['nested', []],
  ['nested.deep.deeper', []],
  ['__proto__', []],
  ['constructor.name', []],
  ['missing', []],
])('%s holds %j', (name, values) => {
  expect(claimValues(claims, name)).toEqual(values);
});
