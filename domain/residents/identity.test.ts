import { checkIdentity } from './identity';

const known = {
  couponNumber: '9900000001',
  birthDate: '1947-04-01',
  kana: 'トキノ　ハナ',
  telephones: ['09012345678'],
  isProtected: false,
};

test.each([
  ['two right', { couponNumber: '9900000001', birthDate: '1947-04-01' }, { passed: true, wrong: [], missing: 0 }],
  ['one is not enough', { couponNumber: '9900000001' }, { passed: false, wrong: [], missing: 1 }],
  ['nothing', {}, { passed: false, wrong: [], missing: 2 }],
  [
    'two right, one wrong',
    { couponNumber: '9900000001', birthDate: '1947-04-01', kana: 'トキノ ハル' },
    { passed: false, wrong: ['kana'], missing: 0 },
  ],
  [
    'kana is heard, not read',
    { birthDate: '1947-04-01', kana: 'ときの はな' },
    { passed: true, wrong: [], missing: 0 },
  ],
  [
    'a name of nothing but blanks is wrong',
    { birthDate: '1947-04-01', kana: ' ' },
    { passed: false, wrong: ['kana'], missing: 1 },
  ],
] as const)('%s', (_name, said, verdict) => {
  expect(checkIdentity(said, known)).toEqual(verdict);
});

test('what is not on file counts neither way', () => {
  expect(
    checkIdentity(
      { birthDate: '1947-04-01', kana: 'トキノ ハナ', telephone: '0252281000' },
      { ...known, kana: undefined, telephones: [] },
    ),
  ).toEqual({ passed: false, wrong: [], missing: 1 });
});

test('a protected resident is asked one thing more', () => {
  const said = { couponNumber: '9900000001', birthDate: '1947-04-01' };
  expect(checkIdentity(said, { ...known, isProtected: true })).toEqual({ passed: false, wrong: [], missing: 1 });
  expect(checkIdentity({ ...said, telephone: '09012345678' }, { ...known, isProtected: true }).passed).toBe(true);
});
