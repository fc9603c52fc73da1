/** Examples of the mock. Does not know the rest of the pages. */
import { expect } from 'chai'
import { seen, type ExampleCase } from './example-case.js'

const RUNNER = `
  const [hooks, tests] = [{ before: () => {}, after: () => {} }, []]
  const describe = (_title, body) => body()
  const it = (title, body) => tests.push([title, body])
  const beforeEach = (hook) => (hooks.before = hook)
  const afterEach = (hook) => (hooks.after = hook)`

export const testingCases: readonly ExampleCase[] = [
  {
    heading: 'Testing',
    has: "mock.get('https://api.example/users/1')",
    check: ({ lines }, run) => {
      expect(lines).to.deep.equal(['{"name":"Ada"}', '201'])
      expect(seen(run)).to.deep.equal([])
    },
  },
  {
    heading: 'Testing / mocha, vitest, node:test',
    has: "describe('the importer'",
    given: RUNNER,
    then: `
      for (const [title, body] of tests) {
        hooks.before()
        await body()
        hooks.after()
        console.log(title)
      }`,
    check: ({ lines }) => {
      expect(lines).to.deep.equal(['tries again when the server is busy'])
    },
  },
  {
    heading: 'Testing / Time',
    has: 'new VirtualClock()',
    check: ({ lines }) => {
      expect(lines).to.deep.equal(['late'])
    },
  },
]
