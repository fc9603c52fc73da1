/**
 * Bodies that become files: whole, continued, restarted, or not there at all; never a wrong one.
 */
import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { OptionError, ParallelCurl, type Transfer } from '../../../../src/index.js'
import { runChild } from '../../../support/programs/child.js'
import { patternBytes } from '../../../support/servers/http/http-handlers.js'
import type { HttpServer } from '../../../support/servers/http/http-server.js'
import { download, withDownloadPlace } from '../../../support/downloads.js'
import { optionErrorOf, send, sendAlone } from '../../../support/requests.js'

const retry = { limit: 60, backoffMs: 0 }

describe('downloads', () => {
  let server: HttpServer
  let folder: string
  let file: string
  withDownloadPlace((place) => {
    ;({ server, folder, file } = place)
  })

  const inFolder = (): string[] => readdirSync(folder).sort()

  it('write bodies of every size to files, and hold none in memory', async () => {
    for (const size of [0, 1, 16_384, 1 << 20, (8 << 20) + 1]) {
      const { transfer, content } = await sendAlone(server.url(`/bytes/${size}`), {
        options: { output: file },
      })
      expect(transfer.error).to.equal('')
      expect(content).to.equal(null)
      expect(transfer.body.length).to.equal(0)
      expect(transfer.output).to.deep.equal({ path: file, size })
      expect(readFileSync(file).equals(patternBytes(size))).to.equal(true)
    }
    expect(inFolder()).to.deep.equal(['file.bin'])
  })

  it('write many files at the same time', async () => {
    const curl = new ParallelCurl(20)
    const sums = new Set<string>()
    for (let i = 0; i < 40; i++) {
      void curl.startRequest(server.url('/bytes/1000003'), null, i, null, { output: join(folder, String(i)) })
    }
    await curl.finishAllRequests()
    for (const name of inFolder()) sums.add(sha256(readFileSync(join(folder, name))))
    expect(inFolder()).to.have.length(40)
    expect([...sums]).to.deep.equal([sha256(patternBytes(1_000_003))])
    await curl.close()
  })

  it('create the file only when the body is complete, and replace an existing file', async () => {
    writeFileSync(file, 'old')
    const curl = new ParallelCurl()
    const done = send(curl, server.url('/drip/slow?chunks=2'), { options: { output: file } })
    await server.gate('slow').waiting(1)
    expect(readFileSync(file, 'utf8')).to.equal('old')
    server.gate('slow').open()
    await done
    expect(readFileSync(file, 'utf8')).to.equal('chunk 1\nchunk 2\n')
    expect(inFolder()).to.deep.equal(['file.bin'])
    await curl.close()
  })

  it('leave no partial file when they fail, and do not change an existing file', async () => {
    writeFileSync(file, 'old')
    const transfer = await download(server.url('/truncate'), { output: file })
    expect(transfer.errno).to.equal(18)
    expect(transfer.output).to.equal(null)
    expect(inFolder()).to.deep.equal(['file.bin'])
    expect(readFileSync(file, 'utf8')).to.equal('old')
  })

  it('leave no partial file when they are aborted', async () => {
    const curl = new ParallelCurl()
    const controller = new AbortController()
    const options = { output: file, signal: controller.signal }
    const done = send(curl, server.url('/drip/aborted?chunks=2'), { options })
    await server.gate('aborted').waiting(1)
    controller.abort()
    expect((await done).transfer.errno).to.equal(42)
    expect(inFolder()).to.deep.equal([])
    await curl.close()
  })

  it('do not write the body of an error status to the file', async () => {
    for (const status of [404, 500, 304]) {
      const { transfer, content } = await sendAlone(server.url(`/status/${status}`), {
        options: { output: file },
      })
      expect(transfer.output).to.equal(null)
      if (status !== 304) expect(content).to.equal(`status ${status}`)
      expect(transfer.responseCode).to.equal(status)
    }
    expect(inFolder()).to.deep.equal([])
  })

  it('write decompressed bytes, without the bodies of redirects', async () => {
    const options = { output: file, FOLLOWLOCATION: true, ACCEPT_ENCODING: '' }
    const { transfer } = await sendAlone(server.url('/redirect-to?url=/gzip'), { options })
    expect(transfer.error).to.equal('')
    expect(readFileSync(file, 'utf8')).to.match(/^compressed, or so it came/)
  })

  it('call the output function when the response begins', async () => {
    let seen: unknown
    const output = (transfer: Transfer): string => {
      seen = [transfer.responseCode, transfer.headers['content-type'], transfer.userData]
      return join(folder, 'named')
    }
    const { transfer } = await sendAlone(server.url('/bytes/5'), { userData: 'mine', options: { output } })
    expect(transfer.output?.path).to.equal(join(folder, 'named'))
    expect(seen).to.deep.equal([200, 'application/octet-stream', 'mine'])
  })

  it('fail with the exception of the output function as cause', async () => {
    const error = new Error('no name')
    const output = (): string => {
      throw error
    }
    const transfer = await download(server.url('/bytes/5000000'), { output })
    expect([transfer.errno, transfer.cause]).to.deep.equal([23, error])
    expect(transfer.error).to.include('no name')
  })

  it('fail once if the file cannot be written, with the cause', async () => {
    for (const [output, why] of [
      [join(folder, 'missing', 'file'), 'ENOENT'],
      [folder, 'exists and is not a regular file'],
      ['/dev/null', ''],
      ['/proc/nowhere', 'ENOENT'],
    ] as const) {
      const transfer = await download(server.url('/bytes/3000000'), { output, retry })
      expect(transfer.errno, output).to.equal(23)
      expect(transfer.error).to.include(why)
      expect(transfer.cause).to.be.instanceOf(Error)
      expect(transfer.attempts).to.have.length(1)
    }
    expect(inFolder()).to.deep.equal([])
  })

  it('fail if the disk is full, and remove the partial file', async function () {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
    // Only root may, and not in every container.
    if (status !== 0) return void this.skip()
    try {
      const transfer = await download(server.url('/bytes/30000000'), { output: join(disk, 'file'), retry })
      expect(transfer.errno).to.equal(23)
      expect((transfer.cause as NodeJS.ErrnoException).code).to.equal('ENOSPC')
      expect(readdirSync(disk)).to.deep.equal([])
    } finally {
      spawnSync('umount', [disk])
    }
  })

  it('do not follow a symbolic link in the place of the partial file', async () => {
    const target = join(folder, 'target')
    symlinkSync(target, `${file}.part`)
    const transfer = await download(server.url('/bytes/3000000'), { output: file, keepPartial: true })
    expect(transfer.errno).to.equal(23)
    expect((transfer.cause as NodeJS.ErrnoException).code).to.equal('ELOOP')
    expect(existsSync(target)).to.equal(false)
  })

  it('create missing folders with createDirs', async () => {
    const output = join(folder, 'a', 'b', 'c')
    const transfer = await download(server.url('/bytes/5'), { output, createDirs: true })
    expect(transfer.output?.path).to.equal(output)
  })

  it('need little memory for files of every size, 20 at a time', async function () {
    // 2.5 GiB take a minute and the disk; without them the same is shown smaller.
    const isSoak = process.env['PARALLELCURL_SOAK'] !== undefined
    this.timeout(isSoak ? 600_000 : 60_000)
    const sizes = [0, 1, 1 << 20, isSoak ? 2.5 * 2 ** 30 : 1 << 26]
    const sparse = join(folder, 'sparse')
    for (const size of sizes) {
      writeFileSync(`${sparse}-${size}`, '')
      truncateSync(`${sparse}-${size}`, size)
    }
    server.route(/^\/sparse-/, (request, response) => {
      const path = join(folder, request.path)
      response.setHeader('Content-Length', statSync(path).size)
      createReadStream(path, { highWaterMark: 1 << 18 }).pipe(response)
    })
    const child = await runChild(
      `import { readFileSync } from 'node:fs'
      import { ParallelCurl } from './src/index.js'
      const [, base, folder, ...sizes] = process.argv
      const curl = new ParallelCurl(20)
      const files = sizes.flatMap((size, kind) => Array.from({ length: kind === 3 ? 2 : 12 }, (_, i) => [size, i]))
      await Promise.all(files.map(async ([size, i]) => {
        const { output } = await curl.request(base + size, { output: folder + '/copy-' + size + '-' + i })
        if (output.size !== Number(size)) console.log('wrong size', output)
      }))
      // Of this process alone: what getrusage() says begins with the memory of the one that started it.
      console.log(readFileSync('/proc/self/status', 'utf8').match(/VmHWM:\\s*(\\d+)/)[1] >> 10)`,
      { args: [server.url('/sparse-'), folder, ...sizes.map(String)], killAfterMs: 600_000 },
    )
    expect([child.stderr, child.code]).to.deep.equal(['', 0])
    if (isSoak) console.log(`        ${child.stdout.trim()} MiB`)
    expect(Number(child.stdout)).to.be.below(150)
    for (const size of sizes) {
      const sum = await fileSum(`${sparse}-${size}`)
      expect(await fileSum(join(folder, `copy-${size}-0`))).to.equal(sum)
      expect(await fileSum(join(folder, `copy-${size}-1`))).to.equal(sum)
    }
  })

  describe('downloads below outputDir', () => {
    it('refuse a path that leads out of outputDir at once', () => {
      const curl = new ParallelCurl()
      for (const output of ['../x', '/etc/x', 'a/../../x', '..', '.', 'a/..']) {
        const error = optionErrorOf(
          () => void curl.startRequest(server.url('/bytes/5'), null, 0, null, { output, outputDir: folder }),
        )
        expect(error.option, output).to.equal('output')
      }
      for (const output of ['', 'a\0b', 5, null]) {
        optionErrorOf(() => void curl.startRequest(server.url(), null, 0, null, { output: output as string }))
      }
    })

    it('refuse a path out of outputDir from a function, and through a symbolic link among the parents', async () => {
      const outside = mkdtempSync(join(tmpdir(), 'outside-'))
      symlinkSync(outside, join(folder, 'link'))
      mkdirSync(join(folder, 'real'))
      symlinkSync(join(folder, 'real'), join(folder, 'inner'))
      for (const output of ['../x', '/etc/x', 'a\0b', 'link/x', 'link/y/x', 'real/']) {
        const options = { output: () => output, outputDir: folder, createDirs: true }
        const transfer = await download(server.url('/bytes/5'), options)
        expect(transfer.errno, output).to.equal(23)
        expect(transfer.cause).to.be.instanceOf(OptionError)
      }
      expect(readdirSync(outside)).to.deep.equal([])
      const inner = await download(server.url('/bytes/5'), { output: 'inner/x', outputDir: folder })
      expect(inner.output?.path).to.equal(join(folder, 'real', 'x'))
      rmSync(outside, { recursive: true })
    })

    it('replace a symbolic link in the place of the file, and not its target', async () => {
      const target = join(folder, 'target')
      writeFileSync(target, 'precious')
      symlinkSync(target, join(folder, 'link'))
      await download(server.url('/bytes/5'), { output: 'link', outputDir: folder })
      expect(readFileSync(target, 'utf8')).to.equal('precious')
      expect(readFileSync(join(folder, 'link')).equals(patternBytes(5))).to.equal(true)
    })

    it('take the file name from the server, without unsafe characters', async () => {
      const names: [header: string | null, path: string, name: string][] = [
        [null, '/named/a%20b.txt?c/d', 'a b.txt'],
        [null, '/named/', 'download'],
        [null, '/named/%2e%2e%2fx', 'x'],
        ['attachment; filename="x.pdf"', '/named/y', 'x.pdf'],
        ["attachment; filename=y.pdf; filename*=UTF-8''%c5%af.pdf", '/named/y', 'ů.pdf'],
        ['attachment; filename="../../etc/passwd"', '/named/y', 'passwd'],
        ['attachment; filename="..\\\\..\\\\evil.exe"', '/named/y', 'evil.exe'],
        ['attachment; filename=".bashrc"', '/named/y', '_bashrc'],
        ['attachment; filename=".."', '/named/y', 'y'],
        [`attachment; filename="${'n'.repeat(300)}.txt"`, '/named/y', `${'n'.repeat(196)}.txt`],
      ]
      for (const [header, path, name] of names) {
        server.route(/^\/named/, (_request, response) => {
          if (header !== null) response.setHeader('Content-Disposition', header)
          response.end('x')
        })
        const transfer = await download(server.url(path), { output: true, outputDir: folder })
        expect(transfer.error).to.equal('')
        expect(transfer.output?.path).to.equal(join(folder, name))
      }
    })
  })
})

async function fileSum(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
