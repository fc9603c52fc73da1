/**
 * Sockets beside requests of the same instance, and in a process that has nothing else to do. Their data are
 * in flow.test.ts.
 */
import { expect } from 'chai'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { ParallelCurl, type CurlSocket } from '../../../src/index.js'
import { runChild } from '../../support/programs/child.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import {
  connectTo,
  echo,
  startSocketServer,
  type Peer,
  type SocketServer,
} from '../../support/servers/socket-server.js'

describe('sockets', () => {
  let server: SocketServer
  let http: HttpServer
  let curl: ParallelCurl
  before(async () => {
    server = await startSocketServer()
    http = await startHttpServer()
  })
  beforeEach(() => {
    curl = new ParallelCurl(1)
  })
  afterEach(async () => {
    await curl.close()
    server.forget()
  })
  after(async () => {
    await server.close()
    await http.close()
  })

  const open = (): Promise<[CurlSocket, Peer]> => connectTo(server, curl)

  describe('sockets of an instance', () => {
    it('occupy no slot: requests and further sockets run with a pool of one handle', async () => {
      server.script = echo
      const body = (await curl.request(http.url('/bytes/10'))).body
      const [socket] = await open()
      expect(curl.stats()).to.include({ inFlight: 0, pending: 0 })
      await curl.finishAllRequests()
      expect((await curl.request(http.url('/bytes/10'))).body).to.deep.equal(body)
      const [other] = await open()
      for (const one of [socket, other]) {
        one.write('x')
        expect(String((await once(one, 'data'))[0])).to.equal('x')
        one.destroy()
        await once(one, 'close')
        for (let i = 0; i < 3; i++)
          expect((await curl.request(http.url('/bytes/10'), { captureHeaders: i === 1 })).body).to.deep.equal(
            body,
          )
      }
      expect(curl.inspect()).to.include({ live: 0, created: 3 })
    })

    it('keep their old connections while others are made', async () => {
      server.script = echo
      const MAXAGE_CONN = 1
      const [socket] = await open()
      for (let i = 0; i < 2; i++) {
        // libcurl looks for what is too old once a second.
        await delay(1100)
        await curl.request(http.url('/bytes/10'), { MAXAGE_CONN })
        await once((await curl.connect(server.url, { MAXAGE_CONN })).destroy(), 'close')
      }
      socket.write('x')
      expect(String((await once(socket, 'data'))[0])).to.equal('x')
    }).timeout(60_000)

    it('can be many at the same time', async () => {
      server.script = echo
      curl.setMaxRequests(50)
      const sockets = await Promise.all(Array.from({ length: 200 }, () => curl.connect(server.url)))
      const echoes = await Promise.all(
        sockets.map(async (socket, i) => {
          socket.write(String(i))
          return String((await once(socket, 'data'))[0])
        }),
      )
      expect(echoes).to.deep.equal(Array.from({ length: 200 }, (_, i) => String(i)))
      expect(curl.stats().inFlight).to.equal(0)
    })

    it('end without an error when the instance is closed', async () => {
      const sockets = [(await open())[0], (await open())[0]]
      const closed = sockets.map((socket) => once(socket, 'close'))
      await curl.close()
      await Promise.all(closed)
      for (const peer of server.peers) {
        await peer.until('the end', ({ hasEnded }) => hasEnded)
        peer.socket.end()
      }
    })

    it("can be used on libcurl's stack, in continuations of promises", async () => {
      server.script = echo
      const [socket] = await open()
      const [other] = await open()
      const echoed = once(socket, 'data')
      const closed = once(other, 'close')
      await new Promise<void>((resolve, reject) => {
        let called: () => void
        void new Promise<void>((resolveCalled) => (called = resolveCalled)).then(async () => {
          socket.write('from inside')
          other.destroy()
          await curl.request(http.url('/bytes/10')).then(() => resolve(), reject)
        })
        const WRITEFUNCTION = (data: Buffer): number => {
          called()
          return data.length
        }
        curl.request(http.url('/bytes/100000'), { WRITEFUNCTION }).catch(reject)
      })
      expect(String((await echoed)[0])).to.equal('from inside')
      await closed
    })
  })

  describe('sockets and the process', () => {
    const child = (source: string) =>
      runChild(
        `import { ParallelCurl } from './src/index.js'
        const socket = await new ParallelCurl(1).connect(process.argv[1])
        ${source}`,
        { args: [server.url] },
      )

    it('keep the process alive while they wait', async () => {
      server.script = ({ socket }) => void delay(400).then(() => socket.end('at last'))
      const { stdout, code } = await child(`socket.on('data', (data) => console.log(String(data)))`)
      expect({ stdout, code }).to.deep.equal({ stdout: 'at last\n', code: 0 })
    })

    it('let the process end after unref(), and keep it alive again after ref()', async () => {
      const quiet = await child(`socket.on('data', () => undefined).unref(); socket.write('x')`)
      expect(quiet).to.include({ code: 0, hung: false, stderr: '' })
      server.script = ({ socket }) => void delay(400).then(() => socket.end('at last'))
      const { stdout } = await child(`socket.on('data', (data) => console.log(String(data))).unref().ref()`)
      expect(stdout).to.equal('at last\n')
    })

    it('let the process end when they are destroyed, without close()', async () => {
      expect(await child(`socket.write('x', () => socket.destroy())`)).to.include({
        code: 0,
        hung: false,
        stderr: '',
      })
    })

    it('are not collected by the garbage collector while they are open', async () => {
      server.script = ({ socket }) => void socket.on('data', (data) => socket.end(data))
      const result = await runChild(
        `import { ParallelCurl } from './src/index.js'
        const connect = async (url) => {
          const socket = await new ParallelCurl(1).connect(url)
          socket.on('data', (data) => console.log(String(data)))
          setTimeout(() => socket.write('kept'), 50)
        }
        for (let i = 0; i < 5; i++) await connect(process.argv[1])
        for (let i = 0; i < 20; i++) { gc(); await new Promise(setImmediate) }`,
        { args: [server.url], nodeArgs: ['--expose-gc'] },
      )
      expect(result).to.deep.equal({
        code: 0,
        signal: null,
        stdout: 'kept\n'.repeat(5),
        stderr: '',
        hung: false,
      })
    })
  })
})
