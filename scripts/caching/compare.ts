/**
 * Compares the results of two caches in the public tests for HTTP caches. Does not run tests.
 */

/** The result of one test with one cache. */
export interface Outcome {
  readonly id: string
  readonly suite: string
  readonly name: string
  /** `required`: RFC 9111 demands it. `optimal`: a good cache does it. `check`: there is no right and wrong. */
  readonly kind: string
  /** `pass`, `fail`, `optional_fail`, `yes`, `no`, or why there is no result. */
  readonly verdict: string
  readonly why: string
}

/** The results of a list of tests. */
export interface Score {
  readonly required: string
  readonly optimal: string
  /** Passed tests of both kinds. */
  readonly passed: number
}

/** The results of all tests that say what is right. */
export function scoreOf(outcomes: readonly Outcome[]): Score {
  const of = (kind: string): Outcome[] => outcomes.filter((outcome) => outcome.kind === kind)
  const passed = (list: readonly Outcome[]): number => list.filter(({ verdict }) => verdict === 'pass').length
  const [required, optimal] = [of('required'), of('optimal')]
  return {
    required: `${passed(required)} of ${required.length}`,
    optimal: `${passed(optimal)} of ${optimal.length}`,
    passed: passed([...required, ...optimal]),
  }
}

/** Returns the report as Markdown: both scores, and each test that says what is right and that one of them fails. */
export function reportOf(ours: readonly Outcome[], theirs: readonly Outcome[], version: string): string {
  const [us, them] = [scoreOf(ours), scoreOf(theirs)]
  const other = new Map(theirs.map((outcome) => [outcome.id, outcome]))
  const lines = [
    `| Tests | HttpCache | undici ${version} |`,
    '| --- | --- | --- |',
    `| required | ${us.required} | ${them.required} |`,
    `| optimal | ${us.optimal} | ${them.optimal} |`,
    '',
    '| Test | Kind | HttpCache | undici |',
    '| --- | --- | --- | --- |',
  ]
  for (const { id, kind, verdict } of ours) {
    const theirVerdict = other.get(id)?.verdict ?? 'untested'
    if (kind === 'check' || (verdict === 'pass' && theirVerdict === 'pass')) continue
    lines.push(`| \`${id}\` | ${kind} | ${shown(verdict)} | ${shown(theirVerdict)} |`)
  }
  return lines.join('\n')
}

function shown(verdict: string): string {
  return verdict === 'pass' ? 'pass' : verdict === 'optional_fail' ? 'fail' : verdict.replaceAll('_', ' ')
}
