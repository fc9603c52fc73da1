// Runs one page of web-platform-tests with one fetch, in a process of its own: the globals that a worker of a
// browser has, the scripts of the page, and a message for each outcome. Does not know what is right.
import http from 'node:http'
import { lookup } from 'node:dns'
import { runInThisContext } from 'node:vm'

const { client, undiciName, bundle, url, scripts, scriptsFrom, isWorker, hosts, ports } = JSON.parse(
  process.argv[2],
)
const undici = await import(undiciName)

const local = (name, options, callback) =>
  hosts.includes(name)
    ? callback(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4)
    : lookup(name, options, callback)

for (const name of ['fetch', 'Request', 'Response', 'Headers', 'FormData', 'caches'])
  Object.defineProperty(globalThis, name, { value: undici[name], writable: true, configurable: true })
if (client === 'createFetch') {
  const { ParallelCurl, createFetch } = await import(bundle)
  const curl = new ParallelCurl(50, {
    RESOLVE: hosts.flatMap((name) => ports.map((port) => `${name}:${port}:127.0.0.1`)),
    SSL_VERIFYPEER: 0,
    SSL_VERIFYHOST: 0,
  })
  globalThis.fetch = createFetch(curl)
} else {
  const connect = { lookup: local, rejectUnauthorized: false }
  undici.setGlobalDispatcher(new undici.Agent({ allowH2: true, connect }))
}

globalThis.self = globalThis.window = globalThis
globalThis.location = new URL(url)
globalThis.GLOBAL = { isWindow: () => !isWorker, isWorker: () => isWorker, isShadowRealm: () => false }
undici.setGlobalOrigin(globalThis.location)

const problem = (error) => process.send({ kind: 'problem', message: String(error) })
process.on('uncaughtException', problem)
process.on('unhandledRejection', problem)

// Loaded by a client that is not tested, over HTTP/1.1.
const load = (path) =>
  new Promise((resolve, reject) => {
    http
      .get(new URL(path, scriptsFrom), { lookup: local }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${path}: status ${response.statusCode}`))
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part) => (text += part))
        response.on('end', () => resolve(text))
      })
      .on('error', reject)
  })

const HARNESS = '/resources/testharness.js'
const texts = []
for (const path of [HARNESS, ...scripts]) texts.push([path, await load(path)])
for (const [path, text] of texts) {
  runInThisContext(text, { filename: path })
  if (path !== HARNESS) continue
  globalThis.add_result_callback(({ name, status, message }) =>
    process.send({ kind: 'result', name, status, message: message ?? '' }),
  )
  globalThis.add_completion_callback((_tests, { status, message }) =>
    process.send({ kind: 'end', status, message: message ?? '' }, () => process.exit()),
  )
}
