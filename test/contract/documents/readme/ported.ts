/** The scripts of docs/porting-from-php.md, by their sections. Does not run them: ported.test.ts does. */
import type { ExampleCase } from './example-case.js'

/** The sections of the page, each with a script of PHP and its port. */
export const PORTED_SECTIONS = [
  'A single transfer',
  'The multi loop',
  'A rolling window',
  'Uploads with `CURLFile`',
  'A login with cookies',
  'ParallelCurl',
  'RollingCurlX',
] as const

export const PORTING_PAGE = 'docs/porting-from-php.md'

export const portedCases: readonly ExampleCase[] = PORTED_SECTIONS.flatMap((section) =>
  ['<?php', "from 'parallelcurl/php'"].map((has) => ({
    heading: `Porting from PHP / ${section}`,
    has,
    notRun: 'ported.test.ts runs it beside its other half',
    check: () => undefined,
  })),
)
