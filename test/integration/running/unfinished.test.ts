/** A process that ends while requests wait says so; one that ends on purpose does not. */
import { expect } from 'chai'
import { runChild, type ChildResult } from '../../support/programs/child.js'

const START = `
  import { ParallelCurl, SessionPool } from './src/index.js'
  const never = new SessionPool({ create: () => new Promise(() => undefined) })
  const curl = new ParallelCurl(2)
  const url = 'http://user:pass-word@127.0.0.1:9/path'
  const start = (options) => curl.startRequest(url, () => console.log('called'), undefined, null, options)
`

describe('a process that ends while requests wait', () => {
  const run = (script: string): Promise<ChildResult> => runChild(START + script)

  it('warns once, says how many wait and for what, and shows no credentials', async () => {
    const { code, stdout, stderr } = await run(`
      for (let i = 0; i < 3; i++) void start({ session: never })
      void start({})
    `)
    expect([code, stdout]).to.deep.equal([0, 'called\n'])
    expect(stderr).to.match(
      /\[PARALLELCURL_UNFINISHED\] Warning: the process ends while 3 requests are not done/,
    )
    expect(stderr).to.include("http://***@127.0.0.1:9/path (whyWaiting: 'session')")
    expect(stderr.match(/PARALLELCURL_UNFINISHED/g)).to.have.length(1)
    expect(stderr).not.to.include('pass-word')
  })

  it('warns of a request that a module awaits', async () => {
    const { code, stderr } = await run(`await curl.request(url, { session: never })`)
    expect(code).to.equal(13)
    expect(stderr).to.include('the process ends while 1 request is not done')
  })

  it('is silent where all is done, after process.exit(), and after an uncaught error', async () => {
    const quiet = await run(`void start({})`)
    expect([quiet.code, quiet.stdout, quiet.stderr]).to.deep.equal([0, 'called\n', ''])
    const exited = await run(`void start({ session: never }); setImmediate(() => process.exit(0))`)
    expect([exited.code, exited.stderr]).to.deep.equal([0, ''])
    const thrown = await run(
      `void start({ session: never }); setImmediate(() => { throw new Error('mine') })`,
    )
    expect(thrown.code).to.equal(1)
    expect(thrown.stderr).to.include('mine').and.not.to.include('UNFINISHED')
  })
})
