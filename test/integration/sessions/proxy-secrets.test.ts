/** The password of a proxy, in whatever form it is spelled: in no error, no JSON, no attempt, no output. */
import { expect } from 'chai'
import fc from 'fast-check'
import { OptionError, ParallelCurl, type RequestOptions } from '../../../src/index.js'
import { runCommand } from '../../support/programs/command.js'
import { refusedPort } from '../../support/servers/tcp-server.js'

const SECRET = 'sEcReTpW'
const URL_BEHIND = 'http://127.0.0.1:9/behind'

describe('the password of a proxy', () => {
  let port: number
  before(async () => {
    port = await refusedPort()
  })
  afterEach(() => {
    delete process.env['http_proxy']
  })
  const server = (): string => `127.0.0.1:${port}`
  const lists = (): string[] => [
    `${server()}:bob:${SECRET}`,
    `http://${server()}:bob:${SECRET}`,
    `socks5h://${server()}:bob:${SECRET}`,
    `bob:${SECRET}:${server()}`,
  ]
  const others = (): string[] => [
    `${server()}:bob:${SECRET}@x`,
    `${server()}@bob:${SECRET}`,
    `http://bob:${SECRET}@${server()}`,
    `socks5://bob:${SECRET}@${server()}`,
    `bob:${SECRET}/1@${server()}`,
    `nosuch://bob:${SECRET}@${server()}`,
  ]

  it('is in nothing that a failed transfer says', async () => {
    const secrets = fc.stringMatching(/^[A-Z]{6,9}$/)
    const forms = fc.nat({ max: lists().length + others().length - 1 })
    const options = fc.record({
      captureErrorText: fc.boolean(),
      name: fc.constantFrom('PROXY', 'PRE_PROXY', 'http_proxy'),
    })
    await using curl = new ParallelCurl(1, { asLibcurl: true })
    await fc.assert(
      fc.asyncProperty(secrets, forms, options, async (secret, form, { captureErrorText, name }) => {
        const proxy = ([...lists(), ...others()][form] ?? '').replace(SECRET, secret)
        let said = ''
        if (name === 'http_proxy') process.env[name] = proxy
        else delete process.env['http_proxy']
        await curl.startRequest(
          URL_BEHIND,
          (_content, _url, transfer) => {
            const { error, attempts } = transfer
            expect(error).to.not.equal('')
            said = JSON.stringify([error, attempts, transfer, transfer.toError()?.message])
          },
          undefined,
          null,
          { captureErrorText, ...(name !== 'http_proxy' && { [name]: proxy }) },
        )
        await curl.finishAllRequests()
        expect(said).to.not.equal('')
        expect(said).to.not.include(secret)
      }),
      { numRuns: 60 },
    )
  })

  it('is refused at the call in the form of a seller, which is for `proxies`', async () => {
    await using curl = new ParallelCurl(1)
    for (const proxy of [...lists(), others()[0] ?? ''])
      for (const name of ['PROXY', 'CURLOPT_PROXY', 'PRE_PROXY']) {
        const options: RequestOptions = { [name]: proxy }
        const words = name.replace('CURLOPT_', '') + ' takes a URL'
        for (const call of [
          () => new ParallelCurl(1, options),
          () => curl.startRequest(URL_BEHIND, null, [], null, options),
        ])
          expect(call)
            .to.throw(OptionError, words)
            .with.property('message')
            .that.includes('proxies: [...] takes host:port:user:password')
            .and.does.not.include(SECRET)
      }
  })

  it('is in no output of the command, in any of its forms', async () => {
    const [listed = ''] = lists()
    const line = JSON.stringify({ url: URL_BEHIND, options: { PROXY: listed } })
    const runs = [
      runCommand(['-x', listed, '--jsonl', URL_BEHIND]),
      runCommand(['curl', '-v', '-x', listed, URL_BEHIND]),
      runCommand(['--jsonl', '-v', URL_BEHIND], { env: { http_proxy: listed } }),
      runCommand(['--jsonl', '--input-format', 'jsonl', '-'], { input: line }),
    ]
    for (const { code, stdout, stderr } of await Promise.all(runs)) {
      expect(code).to.not.equal(0)
      expect(stdout.toString() + stderr).to.not.include(SECRET)
    }
  })
})
