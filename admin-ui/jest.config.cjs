/** The components' own tests; what crosses the API is tested in a real browser, in `test/browser`. */
/** @type {import('jest').Config} */
module.exports = {
  displayName: 'admin-ui',
  rootDir: __dirname,
  preset: 'jest-preset-angular',
  // A clerk's computer may be set to any zone.
  testEnvironment: '<rootDir>/zone-environment.cjs',
  testEnvironmentOptions: { zone: 'America/Vancouver' },
  setupFilesAfterEnv: ['<rootDir>/src/test-setup.ts'],
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  transform: {
    '^.+\\.(ts|js|mjs|html|svg)$': [
      'jest-preset-angular',
      { tsconfig: '<rootDir>/tsconfig.spec.json', stringifyContentPathRegex: '\\.(html|svg)$' },
    ],
  },
};
