/**
 * The examples of the README and of docs/ do what these say: each is run as it stands there, against servers
 * of this machine. What is expected of them is in readme/; an example that nothing is said about fails here,
 * and so does what is said about none.
 */
import { expect } from 'chai'
import { ExampleRun, type Ran } from '../../support/documents/example-run.js'
import { documentExamples, type DocumentExample } from '../../support/documents/documents.js'
import { bodyCases } from './readme/bodies.js'
import { commandCases } from './readme/command.js'
import { crawlingCases } from './readme/crawling.js'
import type { ExampleCase } from './readme/example-case.js'
import { fetchCases } from './readme/fetch.js'
import { portedCases } from './readme/ported.js'
import { queueCases } from './readme/queue.js'
import { runningCases } from './readme/running.js'
import { sessionCases } from './readme/sessions.js'
import { socketCases } from './readme/sockets.js'
import { cachingCases } from './readme/caching.js'
import { testingCases } from './readme/testing.js'
import { tracingCases } from './readme/tracing.js'
import { startCases } from './readme/start.js'

const cases: readonly ExampleCase[] = [
  ...startCases,
  ...runningCases,
  ...crawlingCases,
  ...bodyCases,
  ...socketCases,
  ...fetchCases,
  ...tracingCases,
  ...cachingCases,
  ...testingCases,
  ...sessionCases,
  ...commandCases,
  ...queueCases,
  ...portedCases,
]
const examples = documentExamples()
const NOTHING: Ran = { code: 0, signal: null, stdout: '', stderr: '', lines: [] }

const fits = (one: ExampleCase, { heading, text }: DocumentExample): boolean =>
  one.heading === heading && text.includes(one.has)
const place = ({ path, line, heading, text }: DocumentExample): string =>
  `${path}, line ${line}, ${heading}: ${text.split('\n', 1)[0]}`

describe('the examples of the README and docs/', () => {
  it('have one case each, and each case has an example', () => {
    const wrong = [
      ...examples
        .map((example) => ({ example, count: cases.filter((one) => fits(one, example)).length }))
        .filter(({ count }) => count !== 1)
        .map(({ example, count }) => `${count} cases for ${place(example)}`),
      ...cases
        .map((one) => ({ one, count: examples.filter((example) => fits(one, example)).length }))
        .filter(({ count }) => count !== 1)
        .map(({ one, count }) => `${count} examples for the case "${one.heading}", "${one.has}"`),
    ]
    expect(wrong).to.deep.equal([])
    expect(examples.length).to.be.greaterThan(30)
  })

  for (const example of examples) {
    const one = cases.find((one) => fits(one, example))
    if (one === undefined) continue
    const title = `${example.heading || 'first of all'}: ${one.has}`
    it(one.notRun === undefined ? title : `${title} (not run: ${one.notRun})`, async function () {
      // On a busy machine a child takes long to start. ExampleRun ends one that never ends.
      this.timeout(60_000)
      one.needs?.(this)
      await using run = await ExampleRun.start()
      await one.prepare?.(run)
      const ran = one.notRun === undefined ? await perform(run, example, one) : NOTHING
      expect([ran.code, ran.signal], ran.stderr).to.deep.equal([one.code ?? 0, null])
      const { stderr = example.language === 'ts' ? /^$/ : /^/ } = one
      expect(ran.stderr).to.match(stderr)
      await one.check(ran, run, example.text)
    })
  }
})

function perform(run: ExampleRun, { language, text }: DocumentExample, one: ExampleCase): Promise<Ran> {
  if (language === 'ts') return run.typescript(text, one)
  if (language === 'php') return run.php(text)
  if (language === 'sh') return run.shell(text, one.until?.(run))
  throw new Error(`nothing runs ${language}: say why in notRun`)
}
