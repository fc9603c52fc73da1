/** Loading of node-libcurl: quick if its files are at the usual place, and possible if they are not. */
import { expect } from 'chai'
import * as nodeLibcurl from 'node-libcurl'
import { nodeLibcurlMajor } from '../../../src/engine/node-libcurl/binding.js'
import { Curl, Easy, Multi, Share } from '../../../src/engine/node-libcurl/load.js'
import { runChild } from '../../support/programs/child.js'

/** Loads it in a process in which what matches cannot be found. */
async function load(missing: RegExp): Promise<{ stdout: string; stderr: string; code: number | null }> {
  return runChild(`
    import Module, { createRequire } from 'node:module'
    const find = Module._resolveFilename
    Module._resolveFilename = function (name, ...rest) {
      if (${String(missing)}.test(name)) throw Object.assign(new Error('Cannot find ' + name), { code: 'MODULE_NOT_FOUND' })
      return find.call(this, name, ...rest)
    }
    const { ParallelCurl } = await import('./src/index.js')
    const { cache } = createRequire(import.meta.url)
    const hasAll = Object.keys(cache).some((file) => file.endsWith('/node-libcurl/dist/curly.js'))
    console.log(JSON.stringify({ made: new ParallelCurl(1) !== undefined, hasAll }))
  `)
}

describe('loading node-libcurl', () => {
  it('gives the same classes as an import of it', () => {
    expect({ Curl, Easy, Multi, Share }).to.deep.equal({
      Curl: nodeLibcurl.Curl,
      Easy: nodeLibcurl.Easy,
      Multi: nodeLibcurl.Multi,
      Share: nodeLibcurl.Share,
    })
    expect(Easy).to.equal(nodeLibcurl.Easy)
  })

  it('loads only what is used of it', async () => {
    const { stdout, stderr } = await load(/^never$/)
    expect(JSON.parse(stdout), stderr).to.deep.equal({ made: true, hasAll: false })
  })

  it('loads the whole package where its files are elsewhere', async () => {
    const { stdout, stderr } = await load(/^node-libcurl\//)
    expect(JSON.parse(stdout), stderr).to.deep.equal({ made: true, hasAll: true })
  })

  it('fails with a message that names it where it is not installed', async () => {
    const { code, stderr } = await load(/^node-libcurl(\/|$)/)
    expect(code).to.equal(1)
    expect(stderr).to.include('parallelcurl: node-libcurl is not installed')
  })

  for (const [what, before] of [
    ['alone', ''],
    ['beside the main thread', "await import('./src/index.js')"],
  ] as const) {
    it(`D7: in worker threads, ${what}: works on node-libcurl 5, is refused in words on 4`, async () => {
      const child = await runChild(`
        import { Worker } from 'node:worker_threads'
        ${before}
        const code = "import('./src/index.js').then(({ ParallelCurl }) => new ParallelCurl(1).close().then(() => 'works'), String).then((text) => import('node:worker_threads').then(({ parentPort }) => parentPort.postMessage(text)))"
        for (let i = 0; i < 2; i++) {
          const worker = new Worker(code, { eval: true })
          const text = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
          console.log(text)
          await worker.terminate()
        }
      `)
      const lines = child.stdout.trim().split('\n')
      expect(child, child.stderr).to.include({ code: 0, hung: false })
      expect(lines).to.have.length(2)
      for (const line of lines) {
        if (nodeLibcurlMajor === 5) expect(line).to.equal('works')
        else expect(line).to.match(/^Error: parallelcurl: node-libcurl 4\S* does not work in worker threads/)
      }
    }).timeout(60_000)
  }

  it('D7: a worker that has aborted and closed may end at any moment', async function () {
    if (nodeLibcurlMajor < 5) this.skip()
    const child = await runChild(`
      import net from 'node:net'
      import { Worker } from 'node:worker_threads'
      const server = net.createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
      await new Promise((resolve) => server.once('listening', resolve))
      const code = \`
        const { parentPort, workerData: port } = process.getBuiltinModule('node:worker_threads')
        import('./src/index.js').then(async ({ ParallelCurl }) => {
          const curl = new ParallelCurl(0)
          for (let i = 0; i < 5; i++) void curl.startRequest('http://127.0.0.1:' + port + '/')
          await new Promise((resolve) => setImmediate(resolve))
          curl.abort()
          await curl.close()
          parentPort.postMessage('closed')
        })\`
      for (let i = 0; i < 2; i++) {
        const worker = new Worker(code, { eval: true, workerData: server.address().port })
        console.log(await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)))
        await worker.terminate()
      }
      server.close()
    `)
    expect(child, child.stderr).to.include({ code: 0, signal: null, hung: false, stdout: 'closed\nclosed\n' })
  }).timeout(60_000)

  for (const [how, ending] of [
    ['process.exit()', 'process.exit(3)'],
    ['an error that nobody catches', "throw new Error('of the worker')"],
  ] as const) {
    it(`D7: a worker may end by ${how} with transfers in flight`, async function () {
      if (nodeLibcurlMajor < 5) this.skip()
      const child = await runChild(`
        import { createServer } from 'node:http'
        import { Worker } from 'node:worker_threads'
        // The body of each response has begun and does not end.
        const server = createServer((_request, response) => response.write('part')).listen(0, '127.0.0.1')
        await new Promise((resolve) => server.once('listening', resolve))
        const code = \`
          const port = process.getBuiltinModule('node:worker_threads').workerData
          import('./src/index.js').then(({ ParallelCurl }) => {
            const curl = new ParallelCurl(0)
            let received = 0
            const onData = () => {
              if (++received === 5) setImmediate(() => { ${ending} })
            }
            for (let i = 0; i < 5; i++)
              void curl.request('http://127.0.0.1:' + port + '/', { onData })
          })\`
        const codes = []
        for (let i = 0; i < 5; i++) {
          const worker = new Worker(code, { eval: true, workerData: server.address().port })
          worker.on('error', ({ message }) => codes.push(message))
          codes.push(await new Promise((resolve) => worker.once('exit', resolve)))
        }
        console.log(codes.join())
        server.closeAllConnections()
        server.close()
      `)
      const ended = how === 'process.exit()' ? ['3'] : ['of the worker', '1']
      expect(child, child.stderr).to.include({ code: 0, signal: null, hung: false })
      expect(child.stdout.trim().split(',')).to.deep.equal(Array<string[]>(5).fill(ended).flat())
    }).timeout(60_000)
  }
})
