/** capabilities(): what it says of this build is what happens. */
import zlib from 'node:zlib'
import { expect } from 'chai'
import { capabilities, ParallelCurl } from '../../../src/index.js'
import { startHttpServer } from '../../support/servers/http/http-server.js'
import { rejectionOf, sendAlone } from '../../support/requests.js'

describe('capabilities', () => {
  const can = capabilities()

  it('are frozen through and through, and the same each time', () => {
    const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
    const all: unknown[] = [can, ...Object.values<unknown>({ ...can }).filter(isObject)]
    expect(all.filter((value) => !Object.isFrozen(value))).to.deep.equal([])
    expect(capabilities()).to.equal(can)
    expect(structuredClone(can)).to.deep.equal(can)
  })

  it('have the versions of this process', () => {
    expect(can.versions['node']).to.equal(process.versions.node)
    expect(can.versions['node-libcurl']).to.match(/^[45]\.\d+\.\d+$/)
    expect(can.versions['libcurl']).to.match(/^[78]\.\d+\.\d+/)
    // Each library once, by its name alone.
    expect(Object.entries(can.versions).filter((pair) => /[\s/()]/.test(pair.join('')))).to.deep.equal([])
    const [library = '', version] = (can.tls ?? '').split('/')
    expect(can.versions[library]).to.equal(version)
  })

  it('know the protocols: others fail with errno 1', async () => {
    expect(can.protocols).to.include.members(['http', 'https', 'ftp', 'ftps'])
    const unknown = ['ws', 'rtmp', 'ldap', 'mqtts', 'nonsense'].filter(
      (name) => !can.protocols.includes(name),
    )
    expect(unknown).to.include('nonsense')
    for (const protocol of unknown) {
      const { transfer } = await sendAlone(`${protocol}://127.0.0.1:1/`, {
        options: { PROTOCOLS_STR: 'all' },
      })
      expect([protocol, transfer.errno]).to.deep.equal([protocol, 1])
    }
  })

  it('list the decoders that libcurl asks servers for, and each of them decodes', async () => {
    await using server = await startHttpServer()
    const packed: Record<string, () => Buffer> = {
      deflate: () => zlib.deflateSync('unpacked'),
      gzip: () => zlib.gzipSync('unpacked'),
      br: () => zlib.brotliCompressSync('unpacked'),
      // "unpacked" as one raw block of zstd: Node 20 cannot make it.
      zstd: () => Buffer.concat([Buffer.from('28b52ffd2008410000', 'hex'), Buffer.from('unpacked')]),
    }
    server.route(/^\/packed\//, ({ path }, response) => {
      const encoding = path.split('/')[2] ?? ''
      response.setHeader('Content-Encoding', encoding)
      response.end(packed[encoding]?.())
    })
    await sendAlone(server.url(), { options: { ACCEPT_ENCODING: '' } })
    const asked = server.requests[0]?.headers['accept-encoding'] ?? ''
    expect(asked.split(/,\s*/)).to.have.members([...can.decoders])
    for (const name of can.decoders) {
      const { content } = await sendAlone(server.url(`/packed/${name}`), { options: { ACCEPT_ENCODING: '' } })
      expect([name, content]).to.deep.equal([name, 'unpacked'])
    }
  })

  it('list the versions of HTTP, and cleartext HTTP/2 is refused where it is not listed', async () => {
    expect(can.httpVersions.slice(0, 2)).to.deep.equal(['1.0', '1.1'])
    expect(can.multiplexing).to.equal(can.httpVersions.some((version) => /^[23]/.test(version)))
    await using server = await startHttpServer()
    await using curl = new ParallelCurl(1)
    // The server speaks HTTP/1 only: where libcurl tries, it is disappointed.
    const error = await rejectionOf(curl.request(server.url(), { HTTP_VERSION: 5 }))
    const isRefused = /broken in libcurl before 8/.test((error as Error).message)
    expect(isRefused).to.equal(!can.httpVersions.includes('2-cleartext'))
  })

  it('HTTP_VERSION 3 asks a cleartext server for an upgrade only where that can be used (D16)', async () => {
    await using server = await startHttpServer()
    await using curl = new ParallelCurl(5, { HTTP_VERSION: 3 })
    const got = await Promise.all(Array.from({ length: 20 }, () => curl.request(server.url())))
    await curl.request(server.url(), { HTTP_VERSION: 3, POSTFIELDS: 'a=1' })
    expect(got.every(({ responseCode }) => responseCode === 200)).to.equal(true)
    const asked = server.requests.filter(({ headers }) => headers['upgrade'] === 'h2c').length
    expect(asked).to.equal(can.httpVersions.includes('2-cleartext') ? 21 : 0)
  })

  it('list the kinds of proxies that libcurl takes, and no others', async () => {
    for (const scheme of ['http', 'https', 'socks4', 'socks4a', 'socks5', 'socks5h'] as const) {
      const { transfer } = await sendAlone('http://127.0.0.1:1/', {
        options: { PROXY: `${scheme}://127.0.0.1:1` },
      })
      // Refused on the way to it, or not known at all.
      expect([scheme, [7, 97, 35].includes(transfer.errno)]).to.deep.equal([
        scheme,
        can.proxies.includes(scheme),
      ])
    }
  })
})
