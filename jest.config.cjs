/** swc turns our TypeScript, and those packages that are ES modules only, into the CommonJS that jest runs. */
const transform = {
  '^.+\\.(t|j|mj)s$': [
    '@swc/jest',
    {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
      sourceMaps: 'inline',
    },
  ],
};

const shared = {
  transform,
  transformIgnorePatterns: ['/node_modules/(?!(uuid|openid-client|oauth4webapi|jose)/)'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/admin-ui/'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/dist/', '<rootDir>/admin-ui/'],
  testEnvironment: 'node',
  setupFilesAfterEnv: ['<rootDir>/test/support/jest-time-limit.ts'],
};

/** @type {import('jest').Config} */
module.exports = {
  // One more than the cores of a small machine: tests wait for servers, browsers and clocks a third of their time.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  projects: [
    '<rootDir>/admin-ui',
    // Rules alone need no server, so running one of their files does not wait for any.
    { ...shared, displayName: 'domain', testMatch: ['<rootDir>/domain/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'services',
      testMatch: ['<rootDir>/**/*.test.ts'],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '<rootDir>/domain/'],
      globalSetup: `<rootDir>/test/support/${process.env.TOKI_TEST_SERVICES ? 'servers-that-stay' : 'global-setup'}.ts`,
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
};
