/**
 * The demo as a person runs it, against servers that record. Does not know how it is written.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const node = ['--disable-warning=DEP0180', '--import', './scripts/register-ts-node.mjs', 'scripts/demo.ts']

interface Ended {
  readonly code: number | null
  readonly lines: readonly string[]
  readonly stderr: string
}

/**
 * Resolves when the demo and all that it started have ended: a search server of its own holds its output
 * open.
 */
function runDemo(...args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, lines: stdout.split('\n').slice(0, -1), stderr }))
  })
}

const results = (...titles: string[]): string =>
  JSON.stringify({ responseData: { results: titles.map((title) => ({ title })) } })

const terms = (server: HttpServer): (string | null)[] => server.requests.map(({ query }) => query.get('q'))

describe('the demo', function () {
  // Each run compiles the library first, which takes seconds, and many where the machine is busy.
  this.timeout(90_000)
  it('starts a search server, prints a hundred answers and the figures (ten in flight by default), and ends its server', async () => {
    const { code, lines, stderr } = await runDemo()
    expect(stderr).to.equal('')
    expect(code).to.equal(0)
    expect(lines).to.have.length(101)
    expect(lines.filter((line) => line.startsWith('Josephine '))).to.deep.equal([
      'Josephine  Josephine is a name · Josephine is a friend of mine',
    ])
    expect(lines.at(-1)).to.match(
      /^100 requests, at most 10 in flight: \d+\.\d\d s; one at a time \d+\.\d\d s$/,
    )
  })

  for (const [name, args, inFlight] of [
    ['ten', ['10'], 10],
    ['as many as asked for', ['20'], 20],
    ['one', ['1'], 1],
    ['all', ['0'], 100],
  ] as const) {
    it(`searches at another server, in flight: ${name}`, async () => {
      await using server = await startHttpServer()
      const gate = server.gate('search')
      server.route('/search', (request, response) => {
        gate.enter(() => response.end(results(`found ${request.query.get('q')}`)))
      })
      const ended = runDemo(...args, server.url('/search?lang=en&q='))
      await gate.waiting(inFlight)
      expect(server.requests).to.have.length(inFlight)
      gate.open()
      const { code, lines, stderr } = await ended
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(server.peakInFlight).to.equal(inFlight)
      expect(new Set(terms(server))).to.have.property('size', 100)
      expect(server.requests).to.have.length(100)
      expect(server.requests[0]).to.have.nested.property('headers.user-agent', 'Parallel Curl test script')
      expect(lines.slice(0, -1).map((line) => line.replace(/^\S+ +/, ''))).to.have.members(
        terms(server).map((term) => `found ${term}`),
      )
      expect(lines.at(-1)).to.match(
        inFlight === 100
          ? /^100 requests, all in flight at once: /
          : new RegExp(`^100 requests, at most ${inFlight} in flight: `),
      )
    })
  }

  it("prints the original's lines for bad responses, and continues", async () => {
    await using server = await startHttpServer()
    const answers: Record<string, string> = {
      Mary: 'no JSON',
      William: results(),
      Anna: 'null',
      Emma: '{"responseData":{"results":7}}',
      George: results('two\nlines \u001b[31mand a colour'),
    }
    server.route('/search', (request, response) => {
      const term = request.query.get('q') ?? ''
      if (term === 'John') response.writeHead(500)
      if (term === 'James') return void response.socket?.destroy()
      response.end(answers[term] ?? results('fine'))
    })
    const { code, lines } = await runDemo('10', server.url('/search?q='))
    expect(code).to.equal(0)
    expect(lines).to.include(`Fetch error 500 for '${server.url('/search?q=John')}'`)
    expect(lines).to.include("No results found for 'Mary'")
    expect(lines).to.include("No results found for 'William'")
    expect(lines).to.include("No results found for 'Anna'")
    expect(lines).to.include("No results found for 'Emma'")
    expect(lines).to.include('George     two lines  [31mand a colour')
    expect(lines.filter((line) => line.startsWith('Fetch error 0 for '))).to.satisfy(
      ([line]: string[]) =>
        line?.startsWith(`Fetch error 0 for '${server.url('/search?q=James')}' (`) === true,
    )
    expect(lines.filter((line) => line.endsWith(' fine'))).to.have.length(93)
    expect(lines.at(-1)).to.match(/^100 requests \(6 without results\), at most 10 in flight: /)
  })

  for (const [name, args, message] of [
    ['a limit that is no number', ['many'], /^demo: .*many/],
    ['a URL that is none', ['10', 'nonsense'], /^demo: urlPrefix .*'nonsense'$/],
    ['too many', ['10', 'http://127.0.0.1:1/', 'more'], /^demo: too many arguments/],
  ] as const) {
    it(`refuses bad arguments with one line: ${name}`, async () => {
      const { code, lines, stderr } = await runDemo(...args)
      expect([code, ...lines]).to.deep.equal([2])
      expect(stderr.trimEnd().split('\n')).to.have.length(1)
      expect(stderr.trimEnd()).to.match(message)
    })
  }
})
