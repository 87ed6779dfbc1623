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

/** The city's own zone, one on either side of it. What Toki says may depend on none of them. */
const zones = ['UTC', 'Asia/Tokyo', 'America/Vancouver'];

/** @type {import('jest').Config} */
module.exports = {
  // On two cores: a test waits for servers, browsers and clocks more than half of its time.
  maxWorkers: 5,
  // Every file leaves some of its modules behind in its worker, and the more there is, the longer clearing away takes:
  // behind forty others a file needs twice the processor time. A new process costs half a second.
  workerIdleMemoryLimit: '400MB',
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  projects: [
    '<rootDir>/admin-ui',
    // Rules and words alone need no server, so running one of their files does not wait for any.
    ...zones.map((zone) => ({
      ...shared,
      displayName: `rules and words, ${zone}`,
      testMatch: ['<rootDir>/{domain,api/citizen}/**/*.test.ts'],
      testEnvironment: '<rootDir>/test/support/zone-environment.cjs',
      testEnvironmentOptions: { zone },
    })),
    // What the documents say of the tree needs no server either.
    { ...shared, displayName: 'documents', testMatch: ['<rootDir>/test/docs/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'services',
      testMatch: ['<rootDir>/**/*.test.ts'],
      testPathIgnorePatterns: [
        ...shared.testPathIgnorePatterns,
        '<rootDir>/domain/',
        '<rootDir>/api/citizen/',
        '<rootDir>/test/docs/',
      ],
      globalSetup: `<rootDir>/test/support/${process.env.TOKI_TEST_SERVICES ? 'servers-that-stay' : 'global-setup'}.ts`,
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
};
