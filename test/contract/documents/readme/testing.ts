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
  {
    heading: 'Record and replay',
    has: "new ParallelCurl({ record: 'run.har' })",
    stderr: /may hold secrets/,
    check: ({ lines }, run) => {
      const once = ['https://example.com/a page of /a', 'https://example.com/b page of /b']
      expect([...lines].sort()).to.deep.equal([...once, ...once].sort())
      expect(seen(run)).to.have.members(['GET /a', 'GET /b'])
    },
  },
  {
    heading: 'Record and replay',
    has: 'parallelcurl --record',
    stderr: /may hold secrets/,
    check: ({ stdout }, run) => {
      expect(stdout).to.include('page of /a').and.to.include('page of /b')
      expect((JSON.parse(run.read('run.har')) as { log: { entries: unknown[] } }).log.entries).to.have.length(
        2,
      )
    },
  },
  {
    heading: 'Record and replay',
    has: 'parallelcurl --replay',
    prepare: async (run) => {
      const made = await run.shell(
        'npx parallelcurl --record run.har https://example.com/a https://example.com/b',
      )
      expect(made.code, made.stderr).to.equal(0)
    },
    check: ({ stdout }, run) => {
      expect(stdout).to.include('page of /a').and.to.include('page of /b')
      expect(seen(run)).to.have.length(2)
    },
  },
]
