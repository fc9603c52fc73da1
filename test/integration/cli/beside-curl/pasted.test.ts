/**
 * Pasted commands send byte for byte what the installed curl sends. Boundaries of forms and versions differ.
 */
import { expect } from 'chai'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { capabilities, ParallelCurl } from '../../../../src/index.js'
import { fromCurl } from '../../../../src/cli/requests/pasted-curl.js'
import { requireProgram } from '../../../support/programs/requires.js'

/** Behind `curl`; `URL` is that of the server, `DIR` a folder with the files `f` and `g.txt`. */
const COMMANDS = [
  'URL/a',
  "-H 'X-One: 1' -H 'Accept:' -H 'X-Empty;' -H 'Host: other.example' URL/headers",
  "-A 'me/1.0' -e http://referer.example/ -r 0-99 URL/",
  "-A '' URL/no-agent",
  "-b 'a=1' -b 'c=d; e=f' -H 'cookie: own=1' URL/cookies",
  "-b 'a=1' -b ' c=2' URL/",
  "-u 'me:pass:word' URL/",
  '--oauth2-bearer token URL/',
  '-X PROPFIND URL/',
  '-I URL/head',
  "-d 'a=1' -d 'b=2&c' URL/",
  "--data-urlencode 'a b=c d' --data-urlencode '=x&y' --data-urlencode name@DIR/f URL/",
  "-d @DIR/f --data-raw '@x' URL/",
  "--data-binary @DIR/f -H 'Content-Type: text/plain' URL/",
  "-d '' URL/",
  '--json \'{"a":1}\' URL/',
  "--json @DIR/f -H 'Accept: x/y' URL/",
  "-G -d 'q=1' -d 'r=%20' URL/?old=1",
  "-G --data-urlencode 'q=! b' 'URL/p#frag'",
  "-G -I -d 'q=1' URL/",
  "--url-query 'a=b c' --url-query '+raw=1' URL/x",
  "-d 'body' --url-query 'q=1' URL/x?",
  "-F 'a=1' -F 'b=two words' URL/",
  "-F 'file=@DIR/g.txt' -F 'named=@DIR/f;filename=other.png' -F 'typed=@DIR/f;type=text/x' URL/",
  '-F \'q=@"DIR/f";filename="a\\"b;c"\' URL/',
  "--form-string 'a=@x;type=y' URL/",
  '-T DIR/f URL/up/',
  '-T DIR/f URL/up/name',
  '-T DIR/f URL/up?query',
  "-d 'x' -X PUT URL/",
  '--path-as-is URL/a/../b',
  'URL/a/../b/./c',
  '-g URL/[1]{2}',
  "'URL/[1-3]?x={a,b}'",
  "'URL/\\[1\\]'",
  "--request-target '*' -X OPTIONS URL/",
  '-z "2024-02-29 12:00:00 +0100" URL/',
  "-z '-Thu, 01 Jan 1998 00:00:00 GMT' URL/",
  '-0 URL/',
  '--compressed URL/ -H "accept-encoding: own"',
  '--tr-encoding URL/',
  "URL/1 -H 'a: 1' --next URL/2 -d x --next -I URL/3",
  '-C 10 URL/',
]

describe('--from-curl beside curl', () => {
  let server: Server
  let url = ''
  let folder = ''
  let received: Buffer[] = []
  let open = 0
  let onQuiet: () => void = () => undefined

  let program = ''

  before(async function () {
    requireProgram(this, 'curl')
    const found = curlOfThisLibcurl()
    if (found === undefined) {
      if (this.test !== undefined) this.test.title += ' [skipped: no curl with the libcurl of this leg]'
      this.skip()
    }
    program = found
    folder = mkdtempSync(join(tmpdir(), 'parity-'))
    writeFileSync(join(folder, 'f'), 'line one\r\nline "two"\n\u00e4\n')
    writeFileSync(join(folder, 'g.txt'), 'text\n')
    server = createServer((socket) => {
      const place = received.push(Buffer.alloc(0)) - 1
      open++
      socket.on('data', (chunk) => {
        const all = Buffer.concat([received[place] ?? Buffer.alloc(0), chunk])
        received[place] = all
        if (!isWhole(all.toString('latin1'))) return
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      })
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open--
        if (open === 0) onQuiet()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  after(async () => {
    if (folder === '') return
    rmSync(folder, { recursive: true })
    await new Promise((resolve) => server.close(resolve))
  })

  /** All that arrived, once no connection is open. */
  async function taken(): Promise<string> {
    if (open > 0) await new Promise<void>((resolve) => (onQuiet = resolve))
    const all = received.map((bytes) => bytes.toString('latin1')).join('\n----\n')
    received = []
    return plain(all)
  }

  it('sends the same bytes', async function () {
    this.timeout(120_000)
    const differing: string[] = []
    for (const command of COMMANDS) {
      const text = command.replaceAll('URL', url).replaceAll('DIR', folder)
      await runCurl(program, text)
      const theirs = await taken()
      const curl = new ParallelCurl(1)
      for (const { url: target, pasted } of fromCurl(`curl ${text}`, { trusts: true, warn: () => undefined }))
        await new Promise<void>((resolve) => {
          void curl.startRequest(target, () => resolve(), null, null, pasted?.options ?? {})
        })
      await curl.close()
      const ours = await taken()
      expect(theirs, `curl ${command}`).to.not.equal('')
      if (ours !== theirs) differing.push(`curl ${command}\n${theirs}\n--- ours:\n${ours}`)
    }
    expect(differing.join('\n')).to.equal('')
  })
})

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const head = text.slice(0, end)
  if (/^transfer-encoding: chunked/im.test(head)) return text.endsWith('0\r\n\r\n')
  return text.length - end - 4 >= Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
}

/** Returns a request without the parts that differ from run to run, and without the version of its client. */
function plain(text: string): string {
  return text
    .replace(/-{24}[A-Za-z0-9]{16,22}/g, 'BOUNDARY')
    .replace(/^(User-Agent: curl\/)[\d.]+/gim, '$1VERSION')
    .replace(/^(Content-Length: )\d+(?=(?:\r\n[^\r\n]+)*\r\nContent-Type: multipart)/gim, '$1OF-FORM')
}

/**
 * Requests differ by the version of libcurl, so this is a curl with the same one: the curl of the system, or
 * the one that npm run test:curl built.
 */
function curlOfThisLibcurl(): string | undefined {
  const cache = process.env['PARALLELCURL_CACHE'] ?? join(homedir(), '.cache', 'parallelcurl')
  const version = capabilities().versions['libcurl'] ?? ''
  return ['curl', join(cache, `suite-${version}`, 'build', 'src', 'curl')].find((candidate) => {
    const { stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8' })
    return typeof stdout === 'string' && stdout.includes(`libcurl/${version} `)
  })
}

function runCurl(program: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const shell = spawn('bash', ['-c', `"$0" -q -s -o /dev/null ${text}`, program], { stdio: 'ignore' })
    shell.on('error', reject)
    shell.on('close', () => resolve())
  })
}
