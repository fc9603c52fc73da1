/** The body of the only request of a run goes to stdout as it arrives. Does not look at files. */
import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import { expect } from 'chai'
import { Changes } from '../../../support/changes.js'
import { runCommand, temporaryFolder } from '../../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'

const MIB = 1024 ** 2

describe('one URL without -o', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  const changes = new Changes()
  let held: ServerResponse[] = []
  let closed = 0
  before(async () => {
    server = await startHttpServer()
    server.route('/held', (_request, response) => {
      held.push(response)
      response.on('close', () => {
        closed++
        changes.notify()
      })
      response.write(Buffer.from([0, 255, 13, 10, 128]))
    })
  })
  after(() => server.close())
  beforeEach(() => {
    held = []
    closed = 0
    server.forget()
  })

  it('prints bytes as they are, before the answer is complete', async () => {
    const { code, stdout, stderr } = await runCommand([server.url('/held')], {
      onStart: (child) => child.stdout?.once('data', () => held[0]?.end('end')),
    })
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.deep.equal(Buffer.concat([Buffer.from([0, 255, 13, 10, 128]), Buffer.from('end')]))
  })

  it('prints the header lines first with --include, and those of an answer without a body', async () => {
    const { text } = await runCommand(['--include', server.url('/held')], {
      onStart: (child) => child.stdout?.once('data', () => held[0]?.end()),
    })
    expect(text).to.match(/^HTTP\/1\.1 200 OK\r\n(?:[^\r\n]+\r\n)+\r\n\0/)
    const none = await runCommand(['--include', server.url('/status/204')])
    expect(none.text).to.match(/^HTTP\/1\.1 204 No Content\r\n(?:[^\r\n]+\r\n)+\r\n$/)
  })

  it('prints what came before an answer was cut, and fails', async () => {
    const { code, stdout, stderr } = await runCommand([server.url('/held')], {
      onStart: (child) => child.stdout?.once('data', () => held[0]?.destroy()),
    })
    expect([code, stdout.length]).to.deep.equal([1, 5])
    expect(stderr).to.match(/\/held: \(18\) /)
  })

  it('with --retry prints the body when it is complete: once, however many attempts there were', async () => {
    let attempts = 0
    server.route('/cut-once', (_request, response) => {
      response.writeHead(200, { 'Content-Length': 8 })
      response.write('half')
      if (++attempts > 1) response.end('half')
      else setImmediate(() => response.destroy())
    })
    const { code, text } = await runCommand([
      '-s',
      '--retry',
      '2',
      '--retry-delay',
      '0',
      server.url('/cut-once'),
    ])
    expect([code, text, attempts]).to.deep.equal([0, 'halfhalf', 2])
  })

  it('a slow reader slows the transfer', async function () {
    this.timeout(60_000)
    const size = 128 * MIB
    let sent = 0
    server.route('/endless', (_request, response) => {
      const chunk = Buffer.alloc(MIB, 'x')
      const more = (): void => {
        for (let isFull = false; !isFull && sent < size; sent += MIB) isFull = !response.write(chunk)
        if (sent >= size) response.end()
        else response.once('drain', more)
      }
      more()
    })
    let read = 0
    let ahead = 0
    const { code } = await runCommand(['-s', server.url('/endless')], {
      onStart: ({ stdout }) => {
        stdout?.on('data', (chunk: Buffer) => {
          read += chunk.length
          ahead = Math.max(ahead, sent - read)
          stdout.pause()
          // The server gets many turns of the event loop for each of the reader's.
          let turns = 20
          const wait = (): void => {
            if (turns-- > 0) setImmediate(wait)
            else stdout.resume()
          }
          wait()
        })
      },
    })
    expect([code, read]).to.deep.equal([0, size])
    // Buffers of two sockets and of a pipe.
    expect(ahead / MIB, 'MiB that were sent before they were read').to.be.below(32)
  })

  it('ends with one line, and the transfer with it, if the reader is gone', async () => {
    const { code, stderr } = await runCommand(['-s', '-S', server.url('/bytes/50000000')], {
      onStart: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
    })
    expect([code, stderr]).to.deep.equal([1, 'parallelcurl: stdout: its reader has closed it (EPIPE)\n'])
    await server.waitForIdle()
  })

  describe('signals, where nothing is to be saved', () => {
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
      ['SIGHUP', 143],
    ] as const)
      it(`${signal} ends the command at once`, async () => {
        const result = await runCommand([server.url('/held')], {
          onStart: (child) => child.stdout?.once('data', () => child.kill(signal)),
        })
        expect([result.code, result.signal]).to.deep.equal([code, null])
        expect(result.stderr).to.equal('parallelcurl: interrupted: 0 done, 1 dropped\n')
        if (closed === 0)
          await changes.until(
            () => closed === 1,
            () => 'the connection to be closed',
          )
      })

    it('a reader that does not read holds nobody up', async () => {
      const { code, signal } = await runCommand([server.url('/bytes/5000000')], {
        onStart: (child) => {
          child.stdout?.once('data', () => {
            child.stdout?.pause()
            child.kill('SIGTERM')
          })
          child.on('exit', () => child.stdout?.resume())
        },
      })
      expect(code ?? signal).to.be.oneOf([143, 'SIGTERM'])
    })

    it('several transfers to stdout are ended, too, and what is complete is printed', async () => {
      const { code, text } = await runCommand([server.url('/bytes/3'), server.url('/held')], {
        onStart: (child) =>
          child.stdout?.once('data', () => {
            void server.waitForRequests(2).then(() => child.kill('SIGTERM'))
          }),
      })
      expect([code, text.length]).to.deep.equal([143, 3])
    })

    it('a file under way gets its time, and so does a journal', async () => {
      for (const args of [
        ['-o', '{n}.held'],
        ['--journal', 'held.journal'],
      ]) {
        held = []
        const { code, stderr } = await runCommand([...args, server.url('/held')], {
          cwd: folder(),
          onStart: (child) => {
            void server.waitForRequests(1).then(() => child.kill('SIGTERM'))
            void once(child.stderr!, 'data').then(() => held[0]?.end())
          },
        })
        server.forget()
        expect(code).to.equal(143)
        expect(stderr).to.match(/waiting at most 5 s.*\n.*interrupted: 1 done, 0 dropped\n$/)
      }
    })
  })
})
