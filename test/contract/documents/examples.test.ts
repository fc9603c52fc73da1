/**
 * The files of examples/ compile, and do what they say: each is run as it stands there, against servers of
 * this machine. Does not know how an example is run (example-run.ts).
 */
import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import typescript from 'typescript'
import { ExampleRun, type Ran } from '../../support/documents/example-run.js'
import { startRedis } from '../../support/programs/redis.js'
import { requireProgram } from '../../support/programs/requires.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { startSocketServer } from '../../support/servers/socket-server.js'
import { startSocksProxy } from '../../support/servers/proxies/socks-proxy.js'
import { QUICK_RETRIES, seen } from './readme/example-case.js'

const FOLDER = resolve(import.meta.dirname, '../../../examples')
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'))

interface ExampleFile {
  readonly needs?: (context: Mocha.Context) => void
  /** Makes servers and files. */
  readonly prepare?: (run: ExampleRun) => unknown
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** TypeScript after it. */
  readonly then?: string
  /** Asserts on the requests at the servers, the output and the files. */
  readonly check: (ran: Ran, run: ExampleRun) => unknown
}

const cases: Readonly<Record<string, ExampleFile>> = {
  'basic.ts': {
    args: ['https://example.com/a', 'https://example.com/b'],
    check: ({ lines }, run) => {
      expect(lines).to.have.members(['https://example.com/a 200 10', 'https://example.com/b 200 10'])
      expect(seen(run)).to.have.members(['GET /a', 'GET /b'])
      expect(run.server.requests[0]?.headers['accept-encoding']).to.include('gzip')
    },
  },
  'stream.ts': {
    args: ['list.txt'],
    prepare: (run) => {
      run.server.route('/slow', (_request, response) => {
        void run.server.waitForRequests(3).then(() => response.end('late'))
      })
      run.write('list.txt', 'https://example.com/slow\nhttps://example.com/b\nhttps://example.com/c\n')
    },
    check: ({ lines }, run) => {
      expect(lines).to.deep.equal([
        'https://example.com/slow 200 4',
        'https://example.com/b 200 10',
        'https://example.com/c 200 10',
      ])
      expect(seen(run)).to.have.members(['GET /slow', 'GET /b', 'GET /c'])
    },
  },
  'downloads.ts': {
    args: ['files', 'https://example.com/disk.img', 'https://example.com/gone.img'],
    prepare: (run) => {
      const image = patternBytes(200_000)
      // The first answer breaks off in the middle.
      run.server.route('/disk.img', ({ headers: { range } }, response) => {
        response.writeHead(range === undefined ? 200 : 206, {
          ETag: '"one"',
          'Content-Length': range === undefined ? 200_000 : 100_000,
          ...(range !== undefined && { 'Content-Range': 'bytes 100000-199999/200000' }),
        })
        if (range !== undefined) response.end(image.subarray(100_000))
        else response.write(image.subarray(0, 100_000), () => response.destroy())
      })
      run.server.route('/gone.img', (_request, response) => response.writeHead(404).end())
    },
    check: ({ lines }, run) => {
      expect(lines.toSorted()[0]).to.match(
        /^https:\/\/example.com\/disk.img .*\/files\/disk.img, 200000 bytes$/,
      )
      expect(lines.toSorted()[1]).to.match(/^https:\/\/example.com\/gone.img\b/)
      expect(run.bytes('files/disk.img').equals(patternBytes(200_000))).to.equal(true)
      expect(readdirSync(join(run.folder, 'files'))).to.deep.equal(['disk.img'])
      const ranges = run.server.requests.filter(({ url }) => url === '/disk.img').map((r) => r.headers.range)
      expect(ranges).to.deep.equal([undefined, 'bytes=100000-'])
    },
  },
  'proxies.ts': {
    args: ['https://example.com/a', 'https://example.com/b', 'https://example.com/c'],
    environment: { PROXIES: 'http://user:password@proxy.example:3128 socks5h://other.example:1080' },
    prepare: async (run) => {
      const proxy = run.own(await startHttpProxy({ users: { user: 'password' } }))
      const socks = run.own(await startSocksProxy())
      run.replace('proxy.example:3128', `127.0.0.1:${String(proxy.port)}`)
      run.replace('other.example:1080', `127.0.0.1:${String(socks.port)}`)
    },
    check: ({ lines, stdout }, run) => {
      const answers = lines.slice(0, 3).map((line) => line.slice(-3))
      expect(answers).to.deep.equal(['200', '200', '200'])
      const used = lines.slice(3).map((line) => /(\S+) (\d) 0$/.exec(line) ?? [])
      expect(used.map(([, url]) => url)).to.deep.equal([
        'http://***@proxy.example:3128',
        'socks5h://other.example:1080',
      ])
      // The least used one is taken: neither has all of them.
      expect(used.map(([, , ok]) => Number(ok)).toSorted()).to.deep.equal([1, 2])
      expect(stdout).not.to.include('password')
      expect(seen(run)).to.have.members(['GET /a', 'GET /b', 'GET /c'])
    },
  },
  'sessions.ts': {
    args: ['https://example.com/login', 'https://example.com/1', 'https://example.com/2'],
    environment: { PASSWORD: 'open sesame' },
    prepare: ({ server }) => {
      let visitors = 0
      server.route('/login', ({ body }, response) => {
        const isRight = body.toString().includes('open sesame')
        response.writeHead(isRight ? 200 : 403, { 'Set-Cookie': `visitor=${String(++visitors)}` }).end()
      })
    },
    check: ({ lines }, run) => {
      expect(lines).to.have.members([
        'https://example.com/1 200 session-1',
        'https://example.com/2 200 session-2',
      ])
      expect(seen(run)).to.have.members(['POST /login', 'POST /login', 'GET /1', 'GET /2'])
      const pages = run.server.requests.filter(({ method }) => method === 'GET')
      expect(pages.map(({ headers }) => headers.cookie)).to.have.members(['visitor=1', 'visitor=2'])
    },
  },
  'sockets.ts': {
    args: ['tcp://mail.example:25'],
    environment: { PROXY: 'socks5h://proxy.example:1080' },
    prepare: async (run) => {
      const mail = await startSocketServer(({ socket }) => {
        socket.write('220 ready\r\n')
        socket.once('data', (command: Buffer) => socket.end(`221 ${command.toString()}`))
      })
      run.own(mail)
      run.replace('mail.example:25', `127.0.0.1:${String(mail.port)}`)
      const proxy = run.own(await startSocksProxy())
      run.replace('proxy.example:1080', `127.0.0.1:${String(proxy.port)}`)
    },
    check: ({ stdout }) => expect(stdout).to.equal('220 ready\r\n221 QUIT\r\n'),
  },
  'bullmq.ts': {
    needs: (context) => requireProgram(context, 'redis-server'),
    args: ['https://example.com/a', 'https://example.com/b'],
    environment: { REDIS_PORT: 'the port of Redis' },
    then: `
      let left = 2
      worker.on('completed', () => { if (--left === 0) process.emit('SIGINT') })`,
    prepare: async (run) => {
      const redis = run.own(await startRedis())
      run.replace('the port of Redis', String(redis.port))
    },
    check: ({ lines }, run) => {
      expect(lines.toSorted().map((line) => line.split(' ').slice(0, 2))).to.deep.equal([
        ['https://example.com/a', '200'],
        ['https://example.com/b', '200'],
      ])
      expect(lines[0]).to.include('bodies')
      expect(readdirSync(join(run.folder, 'bodies'))).not.to.deep.equal([])
      expect(seen(run)).to.have.members(['GET /a', 'GET /b'])
    },
  },
  'php-port.ts': {
    args: ['https://example.com/search?'],
    prepare: ({ server }) => {
      server.route('/search', ({ url }, response) => {
        response.writeHead(url.endsWith('=Mary') ? 503 : 200).end('three results')
      })
    },
    check: ({ lines }, run) => {
      expect(lines).to.have.members([
        'John: 13 bytes',
        "Fetch error 503 for 'https://example.com/search?q=Mary'",
        'William: 13 bytes',
      ])
      expect(seen(run)).to.have.members(['GET /search?q=John', 'GET /search?q=Mary', 'GET /search?q=William'])
    },
  },
}

describe('the files of examples/', () => {
  it('are those that this test and examples/README.md list', () => {
    const page = readFileSync(join(FOLDER, 'README.md'), 'utf8')
    const listed = [...page.matchAll(/^\| \[(.*?)\]\((.*?)\)/gm)]
    expect(listed.map(([, name]) => name).toSorted()).to.deep.equal(files)
    expect(listed.map(([, , target]) => target).toSorted()).to.deep.equal(files)
    expect(Object.keys(cases).toSorted()).to.deep.equal(files)
  })

  it('have 5 to 25 lines each', () => {
    for (const name of files) {
      const lines = readFileSync(join(FOLDER, name), 'utf8').trimEnd().split('\n')
      expect(lines.length, name).to.be.within(5, 25)
    }
  })

  it('compile', () => {
    const config = typescript.getParsedCommandLineOfConfigFile(
      join(FOLDER, 'tsconfig.json'),
      {},
      { ...typescript.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
    )
    expect(config?.fileNames.map((name) => name.slice(FOLDER.length + 1)).toSorted()).to.deep.equal(files)
    const program = typescript.createProgram(config?.fileNames ?? [], config?.options ?? {})
    const wrong = files.flatMap((name) => {
      const source = program.getSourceFile(join(FOLDER, name))
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        ({ messageText }) => `${name}: ${typescript.flattenDiagnosticMessageText(messageText, ' ')}`,
      )
    })
    expect(wrong).to.deep.equal([])
  }).timeout(120_000)

  for (const [name, { needs, prepare, args, environment = {}, then, check }] of Object.entries(cases)) {
    it(`do what their comments say: ${name}`, async function () {
      this.timeout(60_000)
      needs?.(this)
      await using run = await ExampleRun.start()
      await prepare?.(run)
      const given = `${QUICK_RETRIES}
        process.argv.push('${name}', ...${JSON.stringify(args)})
        Object.assign(process.env, ${JSON.stringify(environment)})`
      const ran = await run.typescript(readFileSync(join(FOLDER, name), 'utf8'), { given, then })
      expect([ran.code, ran.signal, ran.stderr]).to.deep.equal([0, null, ''])
      await check(ran, run)
    })
  }
})
