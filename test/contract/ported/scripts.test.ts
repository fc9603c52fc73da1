/**
 * The originals' own test scripts, ported line by line with the migration kit, in four ways. What they print
 * and what the server saw is what the originals promise.
 */
import { expect } from 'chai'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { main as fromPhp } from './from-php.js'
import { main as fromPython } from './from-python.js'
import { main as rolling } from './rolling.js'
import { main as rollingClassic } from './rolling-classic.js'
import { termsList } from './terms.js'

const SEARCH = '/ajax/services/search/web'
const PREFIX = `${SEARCH}?v=1.0&rsz=large&filter=0`

for (const [name, main] of Object.entries({
  'from PHP': fromPhp,
  'from Python': fromPython,
  RollingCurl: rollingClassic,
  RollingCurlX: rolling,
})) {
  describe(`the test script, ported ${name}`, () => {
    let server: HttpServer
    beforeEach(async () => {
      server = await startHttpServer()
    })
    afterEach(() => server.close())

    const run = async (argv: string[]): Promise<string[]> => {
      const printed: string[] = []
      await main(server.url(PREFIX), argv, (text) => printed.push(text))
      return printed
    }

    /**
     * As many requests at once as possible: each response waits until the limit is reached, or no request is
     * left.
     */
    const answerFully = (limit: number, bodyFor: (term: string) => string): void => {
      let left = termsList.length
      const waiting: (() => void)[] = []
      server.route(SEARCH, (request, response) => {
        waiting.push(() => response.writeHead(200).end(bodyFor(request.query.get('q') ?? '')))
        if (waiting.length < Math.min(limit, left)) return
        left -= waiting.length
        for (const answer of waiting.splice(0)) answer()
      })
    }

    const titlesOf = (term: string): string[] => [1, 2].map((number) => `${term} no. ${String(number)}`)
    const results = (term: string): string => {
      return JSON.stringify({ responseData: { results: titlesOf(term).map((title) => ({ title })) } })
    }

    it('searches for a hundred terms, ten at a time, and prints what it found', async () => {
      answerFully(10, results)
      const printed = await run(['script'])
      expect(server.peakInFlight).to.equal(10)
      expect(server.requests.map(({ query }) => query.get('q'))).to.have.members(termsList)
      for (const { headers, url } of server.requests) {
        expect(headers['user-agent']).to.equal('Parallel Curl test script')
        expect(url).to.match(/^\/ajax\/services\/search\/web\?v=1\.0&rsz=large&filter=0&q=\w+$/)
      }
      for (const term of termsList) {
        const at = printed.indexOf(`"${term} is a":`)
        expect(printed.slice(at - 1, at + 4)).to.deep.equal([
          '********',
          `"${term} is a":`,
          '********',
          ...titlesOf(term),
        ])
      }
      expect(printed.filter((line) => !line.includes('max_requests'))).to.have.length(500)
    })

    it('accepts the number of requests as a string from the command line', async () => {
      answerFully(25, results)
      await run(['script', '25'])
      expect(server.peakInFlight).to.equal(25)
    })

    it('prints failed requests, and terms without results', async () => {
      server.route(SEARCH, ({ query }, response) => {
        const term = query.get('q')
        if (term === 'John') response.writeHead(404).end()
        else if (term === 'Mary') response.socket?.destroy()
        else response.writeHead(200).end(JSON.stringify({ responseData: null }))
      })
      const printed = await run(['script'])
      expect(printed).to.include(`Fetch error 404 for '${server.url(PREFIX)}&q=John'`)
      const mary = printed.filter((line) => line.startsWith('Fetch error') && line.includes('q=Mary'))
      expect(mary, 'one line, whatever the word for it').to.have.length(1)
      expect(printed.filter((line) => line.startsWith('No results found for'))).to.have.length(98)
    })
  })
}
