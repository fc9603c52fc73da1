/** Promises about whole processes: each script runs in one of its own, and has to end by itself. */
import { expect } from 'chai'
import { type ChildOptions, type ChildResult, runChild } from '../../support/programs/child.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'

describe('a process', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())

  /** `url`, `hang` and `drip` are there; `show` prints what a callback got. */
  const run = (source: string, options: ChildOptions = {}): Promise<ChildResult> =>
    runChild(
      `import { ParallelCurl } from './src/index.js'
      const [, url, hang, drip] = process.argv
      const show = (content, url, transfer) => console.log(transfer.errno, content)
      ${source}`,
      { args: [server.url('/status/200'), server.url('/hang'), server.url('/drip/never')], ...options },
    )

  const scripts: [what: string, source: string, stdout: string, options?: ChildOptions][] = [
    ['ends by itself with an instance that was never used', `new ParallelCurl()`, ''],
    [
      'ends by itself with an idle instance, although its connections are kept',
      `const curl = new ParallelCurl(3); for (let i = 0; i < 3; i++) curl.startRequest(url, show); await curl.finishAllRequests()`,
      '0 status 200\n0 status 200\n0 status 200\n',
    ],
    [
      'does not end before every callback has come, though nobody waits',
      `const curl = new ParallelCurl(1); for (let i = 0; i < 3; i++) curl.startRequest(url, show)`,
      '0 status 200\n0 status 200\n0 status 200\n',
    ],
    [
      'does not lose requests of an instance that nobody holds, whatever the garbage collector takes',
      `for (let i = 0; i < 20; i++) new ParallelCurl(2).startRequest(url, show)
      for (let i = 0; i < 20; i++) { gc(); await new Promise(setImmediate) }`,
      '0 status 200\n'.repeat(20),
      { nodeArgs: ['--expose-gc'] },
    ],
    [
      'survives the collection of idle instances that were not closed',
      `let done = 0
      for (let round = 0; round < 30; round++) {
        const curls = Array.from({ length: 10 }, () => new ParallelCurl(2))
        for (const curl of curls) curl.startRequest(url, () => done++)
        await Promise.all(curls.map((curl) => curl.finishAllRequests()))
        gc()
      }
      console.log(done)`,
      '300\n',
      { nodeArgs: ['--expose-gc'] },
    ],
    [
      'ends after an abort of everything in flight and pending',
      `const curl = new ParallelCurl(5)
      const begun = new Promise((resolve) => {
        let chunks = 0
        const WRITEFUNCTION = (data) => (++chunks === 5 && resolve(), data.length)
        for (let i = 0; i < 10; i++) curl.startRequest(drip, show, 1, null, { WRITEFUNCTION })
      })
      await begun; curl.abort(); await curl.close()`,
      '42 null\n'.repeat(10),
    ],
    [
      'ends after close and abort at the same time, in either order',
      `for (const names of [['close', 'abort'], ['abort', 'close']]) {
        const curl = new ParallelCurl(2)
        for (let i = 0; i < 4; i++) curl.startRequest(i % 2 ? url : hang, () => undefined)
        await new Promise(setImmediate)
        const both = names.map((name) => curl[name]())
        await Promise.all(both)
        console.log('closed')
      }`,
      'closed\nclosed\n',
    ],
    [
      'may be left by process.exit() in a callback, with others in flight',
      `const curl = new ParallelCurl(5)
      for (let i = 0; i < 3; i++) curl.startRequest(hang)
      curl.startRequest(url, () => { console.log('bye'); process.exit(0) })`,
      'bye\n',
    ],
    [
      'may be left by process.exit() in a function that libcurl calls',
      `const curl = new ParallelCurl(5)
      curl.startRequest(hang)
      curl.startRequest(url, null, 1, null, { WRITEFUNCTION: () => { console.log('bye'); process.exit(0) } })`,
      'bye\n',
    ],
    [
      'makes and closes many instances',
      `for (let i = 0; i < 300; i++) {
        await using curl = new ParallelCurl(2)
        curl.startRequest(url); curl.startRequest(url + '?2')
      }
      console.log('done')`
        .replace('await using curl', 'const curl')
        .replace("+ '?2')", "+ '?2'); await curl.close()"),
      'done\n',
    ],
    [
      'uses a new instance beside one that is closed while it works',
      `const first = new ParallelCurl(2), second = new ParallelCurl(2)
      for (let i = 0; i < 50; i++) { first.startRequest(url); second.startRequest(url) }
      await first.close()
      for (let i = 0; i < 50; i++) second.startRequest(url)
      await second.close()
      console.log('done')`,
      'done\n',
    ],
    [
      'hears nothing on stderr from libcurl where a DEBUGFUNCTION listens',
      `const COOKIELIST = 'Set-Cookie: a=b; domain=127.0.0.1'
      let heard = 0
      const listener = { VERBOSE: true, COOKIELIST, DEBUGFUNCTION: () => { heard++; return 0 } }
      const curl = new ParallelCurl(1)
      curl.startRequest(url, show, 1, null, listener)
      await curl.close()
      console.log(heard > 5)`,
      '0 status 200\ntrue\n',
    ],
    [
      'resolves international names in the C locale',
      `const { port } = new URL(url)
      const curl = new ParallelCurl(1, { RESOLVE: ['xn--mnchen-3ya.invalid:' + port + ':127.0.0.1'] })
      curl.startRequest('http://münchen.invalid:' + port + '/status/200', show)`,
      '0 status 200\n',
      { env: { LC_ALL: 'C' } },
    ],
    [
      'finds proxies of international names in the C locale, with and without scheme and user',
      `const { port } = new URL(url)
      const connected = (content, asked, transfer) => console.log(transfer.errno, transfer.getInfo('PRIMARY_PORT') === Number(port))
      for (const before of ['', 'http://', 'me:secret@', 'http://me:secret@']) {
        const curl = new ParallelCurl(1, { PROXY: before + 'münchen.localhost:' + port })
        curl.startRequest('http://far.invalid/', connected)
        await curl.finishAllRequests()
      }`,
      '0 true\n'.repeat(4),
      { env: { LC_ALL: 'C' } },
    ],
  ]

  for (const [what, source, stdout, options] of scripts) {
    it(what, async () => {
      const child = await run(source, options)
      expect(child).to.deep.equal({ code: 0, signal: null, stdout, stderr: '', hung: false })
    })
  }

  it('that throws ends as Node ends it, and not by an abort of native code', async () => {
    const child = await run(
      `const curl = new ParallelCurl(3)
      for (let i = 0; i < 3; i++) curl.startRequest(hang)
      setImmediate(() => { throw new Error('of its own') })`,
    )
    expect(child).to.include({ code: 1, signal: null, hung: false })
    expect(child.stderr).to.contain('Error: of its own')
  })

  it('shows a caller’s mistake as an error with the place of the call', async () => {
    const child = await run(`function mine() { new ParallelCurl(1, { USERAGNET: 'x' }) }\nmine()`)
    expect(child).to.include({ code: 1, signal: null })
    expect(child.stderr).to.match(/OptionError.*USERAGENT[\s\S]*at mine/)
  })

  it('prints all that callbacks threw where finishAllRequests() is never called', async () => {
    const child = await run(
      `const curl = new ParallelCurl(1)
      for (const name of ['one', 'two']) curl.startRequest(url, () => { throw new Error(name) })`,
    )
    expect(child).to.include({ code: 1, signal: null })
    expect(child.stderr).to.match(/AggregateError[\s\S]*Error: one[\s\S]*Error: two/)
  })
})
