/**
 * Files in post fields, read from the disk while they are sent.
 */
import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FormFile } from '../../../../src/options/values/form-file.js'
import { patternBytes } from '../../../support/servers/http/http-handlers.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'
import { sendAlone } from '../../../support/requests.js'

describe('files in post fields', () => {
  let server: HttpServer
  let folder: string
  before(async () => {
    server = await startHttpServer()
    folder = mkdtempSync(join(tmpdir(), 'form-files-'))
  })
  beforeEach(() => {
    server.forget()
  })
  after(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  function stored(name: string, bytes: Uint8Array): FormFile {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return new FormFile({ path }, name, 'application/octet-stream')
  }

  const openFiles = (): number => readdirSync('/proc/self/fd').length

  it('arrive complete, with a length', async () => {
    const big = patternBytes(300_000)
    const postFields = { a: stored('big', big), b: 'text', c: stored('empty', Buffer.alloc(0)) }
    const { transfer } = await sendAlone(server.url(), { postFields })
    expect(transfer.error).to.equal('')
    const [request] = server.requests
    expect(request?.headers['content-length']).to.equal(String(request?.body.length))
    expect(request?.body.includes(big)).to.equal(true)
    expect(request?.body.toString('latin1')).to.include('filename="empty"')
  })

  it('are sent again after a redirect with 307', async () => {
    const bytes = patternBytes(100_000)
    const postFields = { a: stored('again', bytes) }
    const options = { FOLLOWLOCATION: true }
    const { transfer } = await sendAlone(server.url('/redirect/2?code=307'), { postFields, options })
    expect(transfer.responseCode).to.equal(200)
    expect(server.requests.map(({ body }) => body.includes(bytes))).to.deep.equal([true, true, true])
  })

  it('fail the request before anything is sent if they cannot be read', async () => {
    const missing = join(folder, 'missing')
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const { connections } = server
    const before = openFiles()
    for (const [path, why] of [
      [missing, 'ENOENT'],
      [folder, 'regular file'],
      [pipe, 'regular file'],
    ] as const) {
      const postFields = { first: stored('fine', Buffer.from('x')), a: new FormFile({ path }, 'a', 'x/y') }
      const { transfer, content } = await sendAlone(server.url(), { postFields })
      expect(transfer.errno).to.equal(26)
      expect(transfer.error).to.include(path).and.include(why)
      expect(content).to.equal(null)
    }
    expect(server.requests).to.have.length(0)
    expect(server.connections).to.equal(connections)
    expect(openFiles()).to.equal(before)
  }).timeout(5000)

  it('are closed after the request', async () => {
    await sendAlone(server.url(), { postFields: { a: stored('warm', Buffer.from('x')) } })
    const before = openFiles()
    for (let i = 0; i < 5; i++) {
      await sendAlone(server.url(), { postFields: { a: stored(`n${String(i)}`, Buffer.from('x')) } })
    }
    expect(openFiles()).to.be.at.most(before)
  })
})
