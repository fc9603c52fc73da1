/**
 * ESLint's rules: typescript-eslint's strict ones, with types. Does not know how src is layered (dependency-cruiser does)
 * nor how code is spaced (Prettier does).
 */
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** Written by `npm run generate`. */
const generated = ['src/options/catalog/curl-options.ts', 'src/php/values/constants.ts']

/** Longer for a reason: signatures and their documentation. */
const longer = ['src/parallel-curl.ts']

export default defineConfig(
  globalIgnores(['dist/', 'coverage/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-control-regex': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      // `() => stream.end()` and `return done()` hide nothing.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // node-libcurl's majors declare different enums and handle types for the same things.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // Numbers and booleans print as one expects; what prints as [object Object] is still caught.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      // chai's `expect(x).to.be.true`
      '@typescript-eslint/no-unused-expressions': 'off',
      // What `noUncheckedIndexedAccess` asks for over and over, where a wrong guess fails anyway, and nobody but us sees it.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Users throw anything, and tests take strings and objects apart on purpose.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      // Stand-ins for asynchronous things, and user functions that need not wait.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  { rules: { 'max-lines': ['error', 350] } },
  { files: [...generated, ...longer], rules: { 'max-lines': 'off' } },
)
