import simpleImportSort from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';

/** A workflow is replayed: whatever is not in these could give another answer the second time. */
const allowedInWorkflows = {
  patterns: [
    {
      regex: '^(?!@temporalio/(workflow|common)$|\\.)',
      message:
        'Workflows import @temporalio/workflow, @temporalio/common, the domain and types of activities, nothing else.',
    },
    {
      regex: '^(\\.\\./)+(?!domain/)[a-z]',
      allowTypeImports: true,
      message: 'Workflows import values from the domain alone, and types of activities.',
    },
  ],
};

const dateFrom =
  ':matches(NewExpression[callee.name="Date"], CallExpression[callee.object.name="Date"][callee.property.name="parse"])';

/** The zone of the machine, or of the clerk's browser, decides nothing: `domain/calendar/city-time.ts` knows the city's. */
const localTime = [
  {
    selector:
      'MemberExpression[property.name=/^[gs]et(Hours|Minutes|Seconds|Milliseconds|Date|Day|Month|FullYear|Year)$/]',
    message: "This is the machine's own time. Ask domain/calendar/city-time.ts (admin-ui: shared/city-time.ts).",
  },
  {
    selector: 'MemberExpression[property.name=/^(getTimezoneOffset|to(Locale)?(Date|Time)String)$/]',
    message: "This is the machine's own time. Ask domain/calendar/city-time.ts (admin-ui: shared/city-time.ts).",
  },
  {
    selector: 'MemberExpression[property.name="toLocaleString"]',
    message: 'A date would be written in the machine’s zone. Dates: city-time.ts. Numbers: Intl.NumberFormat.',
  },
  {
    selector:
      ':matches(NewExpression, CallExpression)[callee.property.name="DateTimeFormat"]:not(:has(Property[key.name="timeZone"]))',
    message: "Without timeZone it writes the machine's own time.",
  },
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length>1]',
    message: "Year, month, day are taken in the machine's own zone. Use instantOf, or Date.UTC.",
  },
  { selector: 'CallExpression[callee.name="Date"]', message: "Date() writes the machine's own time." },
  {
    selector: `${dateFrom} > Literal[value=/T[0-9:.]+$/], ${dateFrom} > TemplateLiteral > TemplateElement[tail=true][value.raw=/T[0-9:.]+$/]`,
    message: "Without an offset the text is taken in the machine's own zone.",
  },
];

/** What is sealed is opened by the helpers that know its type. */
const sealedByHand = [
  {
    selector:
      'CallExpression[callee.object.name="JSON"][callee.property.name="parse"] CallExpression[callee.property.name="open"]',
    message: 'Use openJson (database/foundation/keys.ts), openResident or openAnswers.',
  },
];

/** Lists that `domain/` has: the next lane of seats or kind of field would be missing where they are typed again. */
const typedAgain = [
  {
    selector:
      ':matches(ObjectExpression:has(> Property[key.name="web"]):has(> Property[key.name="phone"]):has(> Property[key.name="line"]), ArrayExpression:has(> Literal[value="web"]):has(> Literal[value="phone"]):has(> Literal[value="line"]))',
    message: 'Use channels, channelWords or byChannel of domain/contracts/channels.ts.',
  },
  {
    selector:
      'ArrayExpression:has(> Literal[value="telephone"]):has(> Literal[value="choices"]):has(> Literal[value="consent"])',
    message: 'Use fieldKinds of domain/programmes/document.ts.',
  },
];

/** Longer than a file should be. The list only gets shorter; a long function is judged by people, because factories hold many. */
const longFiles = [
  'activities/notices/notice-activities.ts',
  'activities/programmes/rehearsal-world.ts',
  'api/staff/bookings/availability-routes.ts',
  'api/staff/imports/assignment-routes.ts',
  'api/staff/imports/import-routes.ts',
  'api/staff/programmes/programme-routes.ts',
  'api/staff/reception/reception-routes.ts',
  'api/staff/residents/resident-routes.ts',
  'api/staff/schedule/slot-routes.ts',
  'database/bookings/bookings.ts',
  'database/imports/assignment-runs.ts',
  'database/notices/callbacks.ts',
  'database/programmes/programme-changes.ts',
  'database/programmes/programme-drafts.ts',
  'database/schedule/slot-plans.ts',
  'domain/programmes/contradictions.ts',
  'domain/programmes/editing/checks.ts',
  'domain/programmes/editing/parts.ts',
  'workflows/bookings/booking-entity.ts',
];

/** With functions of more than four arguments. The list only gets shorter. */
const manyArguments = [
  'activities/imports/drop-folder.ts',
  'activities/notices/broadcast-activities.ts',
  'activities/notices/notice-activities.ts',
  'activities/programmes/rehearsal-world.ts',
  'activities/programmes/rehearsals.ts',
  'api/citizen/bookings/citizen-bookings.ts',
  'api/citizen/pages/choose-time.ts',
  'api/citizen/pages/field-model.ts',
  'api/citizen/pages/page.ts',
  'api/staff/bookings/availability-routes.ts',
  'api/staff/imports/assignment-routes.ts',
  'api/staff/reception/check-ins.ts',
  'api/staff/residents/resident-routes.ts',
  'database/audit/audit.ts',
  'database/bookings/booking-exports.ts',
  'database/bookings/bookings.ts',
  'database/notices/callbacks.ts',
  'database/programmes/programme-changes.ts',
  'database/programmes/programme-drafts.ts',
  'database/programmes/programme-rehearsals.ts',
  'database/schedule/seats.ts',
  'database/staff/account-changes.ts',
  'database/staff/staff-mail.ts',
  'domain/bookings/rules.ts',
  'domain/calendar/birth-date.ts',
  'domain/notices/broadcast.ts',
  'domain/notices/write-notice.ts',
  'domain/programmes/editing/difference.ts',
  'runtime/commands/import-eligibility.ts',
  'runtime/commands/import.ts',
  'runtime/demo/venues.ts',
];

/** Angular's own helpers that read or write dates in the zone of the clerk's browser. */
const browserZone = [
  {
    name: '@angular/common',
    importNames: ['CommonModule', 'DatePipe', 'formatDate'],
    message: "Dates are written by the pipe `city` of shared/city-time.ts, in the city's zone.",
  },
  {
    name: '@angular/material/core',
    importNames: ['MatNativeDateModule', 'NativeDateAdapter', 'NativeDateModule', 'provideNativeDateAdapter'],
    message: 'It takes days in the browser\'s zone; <input type="date"> gives them as text.',
  },
];

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'admin-ui/generated/',
      'admin-ui/**/*.spec.ts',
      'admin-ui/src/test-setup.ts',
      '.toki/',
      'coverage/',
      '**/assets/',
      'runtime/commands/bench/yardstick/',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // `void promise` says that nobody waits; a shorthand arrow that returns nothing says nothing else.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowStaticOnly: true }],
      // Texts are counted and cut by code point on purpose.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.mjs'],
    plugins: { 'simple-import-sort': simpleImportSort },
    rules: { 'simple-import-sort/imports': 'error', 'simple-import-sort/exports': 'error' },
  },
  {
    files: ['{domain,workflows,activities,engine,api,database,migrations,runtime,admin-ui}/**/*.{ts,mjs,js}'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...localTime, ...sealedByHand, ...typedAgain] },
  },
  {
    files: ['{domain,workflows,activities,engine,api,database,migrations,runtime}/**/*.ts'],
    ignores: ['**/*.test.ts', 'runtime/commands/bench/**', ...longFiles],
    rules: { 'max-lines': ['error', 400] },
  },
  {
    files: ['{domain,workflows,activities,engine,api,database,migrations,runtime}/**/*.ts'],
    ignores: ['**/*.test.ts', 'runtime/commands/bench/**', ...manyArguments],
    rules: { 'max-params': ['error', 4] },
  },
  {
    files: ['workflows/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', allowedInWorkflows],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'require', 'fetch', 'crypto'],
    },
  },
  {
    files: ['domain/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^node:', message: 'The domain does no input or output.' }] },
      ],
      'no-restricted-globals': [
        'error',
        'process',
        'Buffer',
        'require',
        'fetch',
        'crypto',
        'setTimeout',
        'setInterval',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time is an argument of the domain.' },
        { object: 'Math', property: 'random', message: 'Randomness is an argument of the domain.' },
      ],
      'no-restricted-syntax': [
        'error',
        ...localTime,
        ...typedAgain,
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'Time is an argument of the domain.',
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts', 'runtime/commands/bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // A fake or a typed answer is said in one word, not proved.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    // Angular's components are classes that a template uses, often without a line of code of their own.
    files: ['admin-ui/**/*.ts'],
    rules: {
      '@typescript-eslint/no-extraneous-class': 'off',
      'no-restricted-imports': ['error', { paths: browserZone }],
      // Validators.required and its like are meant to be handed over.
      '@typescript-eslint/unbound-method': 'off',
      // Material's options are classes, given as plain objects everywhere in its own documentation.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    // What people start from a terminal speaks to a terminal.
    files: ['runtime/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
);
