/**
 * Compares the outcomes of two clients on the same pages. Does not run anything.
 */
import type { PageOutcome } from './run-page.js'

/** The outcomes of one page. */
export interface Pair {
  readonly name: string
  readonly fetch: PageOutcome
  readonly createFetch: PageOutcome
}

/** One test that only one of the two passes. */
export interface Difference {
  readonly page: string
  readonly test: string
  readonly passes: 'fetch' | 'createFetch'
  /** The message of the other. */
  readonly message: string
}

export interface Comparison {
  readonly tests: number
  readonly fetch: number
  readonly createFetch: number
  readonly differences: readonly Difference[]
}

/** Compares. A test of which one of the two does not tell the outcome is one that it fails. */
export function compare(pairs: readonly Pair[]): Comparison {
  const total = { tests: 0, fetch: 0, createFetch: 0 }
  const differences: Difference[] = []
  for (const { name, fetch, createFetch } of pairs) {
    for (const test of new Set([...fetch.tests.keys(), ...createFetch.tests.keys()])) {
      const [theirs, ours] = [fetch, createFetch].map(({ tests }) => tests.get(test))
      total.tests++
      if (theirs?.isPassed) total.fetch++
      if (ours?.isPassed) total.createFetch++
      if ((theirs?.isPassed ?? false) === (ours?.isPassed ?? false)) continue
      const [passes, other, of] = ours?.isPassed
        ? (['createFetch', theirs, fetch] as const)
        : (['fetch', ours, createFetch] as const)
      differences.push({ page: name, test, passes, message: other?.message ?? of.problem ?? 'no outcome' })
    }
  }
  return { ...total, differences }
}

/** Returns the table of all pages, and the differences, as Markdown. */
export function reportOf(
  pairs: readonly Pair[],
  { tests, fetch, createFetch, differences }: Comparison,
): string {
  const passed = ({ tests: outcomes }: PageOutcome): number =>
    [...outcomes.values()].filter(({ isPassed }) => isPassed).length
  const rows = pairs.map((pair) => {
    const all = new Set([...pair.fetch.tests.keys(), ...pair.createFetch.tests.keys()]).size
    const [theirs, ours] = [pair.fetch, pair.createFetch].map(
      (outcome) => `${String(passed(outcome))}${outcome.problem === null ? '' : ' *'}`,
    )
    return `| ${pair.name} | ${String(all)} | ${theirs ?? ''} | ${ours ?? ''} |`
  })
  const problems = pairs.flatMap(({ name, ...outcomes }) =>
    (['fetch', 'createFetch'] as const).flatMap((client) => {
      const { problem } = outcomes[client]
      return problem === null ? [] : [`* ${name}, ${client}: ${problem}`]
    }),
  )
  const lines = differences.map(
    ({ page, test, passes, message }) =>
      `* ${page}, "${test}": only ${passes === 'fetch' ? 'undici' : passes} passes. ${message}`,
  )
  return [
    '| Page | Tests | undici | createFetch |',
    '| --- | --: | --: | --: |',
    ...rows,
    `| all | ${String(tests)} | ${String(fetch)} | ${String(createFetch)} |`,
    '',
    ...(problems.length === 0 ? [] : ['Pages that did not end as they should (*):', '', ...problems, '']),
    differences.length === 0 ? 'No difference.' : `Differences (${String(differences.length)}):`,
    ...(differences.length === 0 ? [] : ['', ...lines]),
  ].join('\n')
}
