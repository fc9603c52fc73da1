/**
 * `parallelcurl curl -F` with forms that are laid out here: the headers that they are sent with, as curl has
 * them. Does not look at how forms are read (test/unit/cli/curl/forms.test.ts).
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCommand, temporaryFolder, type CommandResult } from '../../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'

describe('parallelcurl curl: transfers with forms', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route(/^\/page/, (request, response) => response.end(`${request.path}\n`))
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    runCommand(['curl', '-q', ...args], { cwd: folder() })

  it('that are laid out here have their type behind their length, or no length with quoted-printable', async () => {
    await run('-s', '-F', 'a=1;type=x/y', '-H', 'X-Own: 1', server.url('/page'))
    await run('-s', '-F', 'a=b c;encoder=quoted-printable', '-H', 'Expect:', server.url('/page'))
    await run('-s', '-L', '-F', 'a=1;type=x/y', server.url('/redirect/1'))
    const names = server.requests.map(({ rawHeaders }) => rawHeaders.filter((_, i) => i % 2 === 0).slice(3))
    expect(names.slice(0, 2)).to.deep.equal([
      ['X-Own', 'Content-Length', 'Content-Type'],
      ['Transfer-Encoding', 'Content-Type'],
    ])
    // A given length would go with the GET, too.
    expect(server.requests.at(-1)?.headers['content-length']).to.equal(undefined)
    expect(server.requests[1]?.body.toString()).to.include('\r\n\r\nb c\r\n')
  })

  it('that are laid out here and small do not ask the server first, and keep their order of headers', async () => {
    const file = join(folder(), 'large')
    writeFileSync(file, Buffer.alloc(1024 * 1024))
    const form = ['-s', '-F', 'a=1;type=x/y', server.url('/page'), '-H'] as const
    await run(...form, 'Transfer-Encoding: chunked')
    await run(...form, 'Transfer-Encoding: chunked', '-H', 'Expect: 100-continue')
    await run(...form, 'Transfer-Encoding: chunked', '-F', `b=@${file}`)
    await run(...form, 'Transfer-Encoding:')
    await runCommand(['-s', '-F', 'a=1;type=x/y', '-H', 'Transfer-Encoding: chunked', server.url('/page')])
    const names = server.requests.map(({ rawHeaders }) => rawHeaders.filter((_, i) => i % 2 === 0).slice(3))
    const chunked = ['Transfer-Encoding', 'Content-Type']
    expect(names.slice(0, 4)).to.deep.equal([
      chunked,
      ['Transfer-Encoding', 'Expect', 'Content-Type'],
      [...chunked, 'Expect'],
      ['Content-Length', 'Content-Type'],
    ])
    expect(server.requests[4]?.headers).to.include({ 'transfer-encoding': 'chunked' })
    expect(server.requests[4]?.headers).to.not.have.property('expect')
  })

  it('that are laid out here have no range', async () => {
    await run('-s', '-r', '2-', '-F', 'a=1;type=x/y', server.url('/page'))
    const names = Object.keys(server.requests[0]?.headers ?? {})
    expect(names).to.not.include.members(['content-range'])
    expect(names).to.not.include.members(['range'])
  })
})
