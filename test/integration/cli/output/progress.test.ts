/**
 * Progress, as a terminal shows it: `script` of util-linux gives a real pseudo terminal. Does not depend on
 * its width.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect } from 'chai'
import { Changes } from '../../../support/changes.js'
import { commandPath, runCommand, runProgram, temporaryFolder } from '../../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'
import { requireProgram } from '../../../support/programs/requires.js'

const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g

describe('the command: progress', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())

  it('redraws a bar in place, also after a resize, and leaves a clean line', async function () {
    requireProgram(this, 'script', 'bsdutils')
    const gate = server.gate('bar')
    const urls = Array.from({ length: 4 }, () => server.url('/gate/bar')).join(' ')
    const fifo = join(folder(), 'resize')
    execFileSync('mkfifo', [fifo])
    const command = `stty cols 110 rows 30; "${process.execPath}" "${commandPath()}" -o '${folder()}/{n}' ${urls} & read x < '${fifo}'; stty cols 45; wait $!`
    const changes = new Changes()
    let output = ''
    const ended = runProgram('script', ['-qec', command, '/dev/null'], {
      onStart: (child) => {
        child.stdout?.on('data', (chunk: Buffer) => {
          output += chunk.toString('utf8')
          changes.notify()
        })
      },
    })
    const lines = (): string[] =>
      output
        .replace(ESCAPES, '\n')
        .split(/[\r\n]+/)
        .filter(Boolean)
    const seen = (pattern: RegExp, what: string): Promise<void> =>
      changes.until(
        () => pattern.test(output),
        () => what,
      )
    await gate.waiting(4)
    await seen(/4 in flight/, 'the bar')
    gate.release(2)
    await seen(/2 of 4 done/, 'half of it')
    expect(Math.max(...lines().map((line) => line.length))).to.be.greaterThan(45)
    const before = output.length
    writeFileSync(fifo, 'now\n')
    await changes.until(
      () => lines().at(-1)!.length < 45 && output.length > before,
      () => 'a bar of the new width',
    )
    expect(lines().at(-1), 'whole fields').to.match(/^\[[#-]{12}\] {2}50 % {2}2 of 4 done {2}0 failed$/)
    gate.open()
    await ended
    // Each frame takes the one before away: erasing lines, without going down.
    expect(output.match(/\u001b\[2K|\u001b\[0?[JK]/g)?.length).to.be.greaterThan(2)
    expect(lines()[0]).to.match(/^\[[#-]{24}\]/)
    expect(output).to.match(/4 done, 0 failed, 0 retried, \d+ B in [\d.]+ s\r\n(\u001b\[\?25h)?$/)
    expect(output.lastIndexOf('\u001b[?25h')).to.be.greaterThan(output.lastIndexOf('\u001b[?25l'))
  })

  it('F5: shows bytes, speed, percent and time left of a few large files while they are under way', async () => {
    const responses: ServerResponse[] = []
    const begun = [1000, 2000]
    server.route('/large', (_request, response) => {
      response.writeHead(200, { 'Content-Length': 4000 })
      response.write(Buffer.alloc(begun[responses.push(response) - 1]!))
    })
    const { stderr, code } = await runCommand(
      ['--progress-interval', '0.3', '-o', '{n}.large', server.url('/large'), server.url('/large')],
      {
        cwd: folder(),
        onStart: (child) => {
          let said = ''
          child.stderr?.on('data', (data: Buffer) => {
            said += data.toString()
            // The speed is measured over half a second.
            if (/3\.0 kB of 8\.0 kB {2}[1-9].*ETA/.test(said))
              responses.forEach((held, i) => held.end(Buffer.alloc(4000 - begun[i]!)))
          })
        },
      },
    )
    expect(code, stderr).to.equal(0)
    expect(stderr).to.match(
      /^0 of 2 done {2}0 failed {2}2 in flight {2}3\.0 kB of 8\.0 kB {2}[\d.]+ k?B\/s {2}37 % {2}ETA [\d.]+ s {2}0\.0\/s {2}0 retried$/m,
    )
  })

  it('prints plain lines if stderr is no terminal, and none with -s', async () => {
    const args = ['--progress-interval', '0.02', server.url('/gate/lines'), '-o', join(folder(), 'lines')]
    const { stderr, code } = await runCommand(args, {
      onStart: (child) => child.stderr?.once('data', () => server.gate('lines').open()),
    })
    expect(code).to.equal(0)
    const lines = stderr.trimEnd().split('\n')
    expect(lines[0]).to.match(
      /^0 of 1 done {2}0 failed {2}[01] in flight {2}0 B {2}0 B\/s {2}0 % {2}\S+\/s {2}0 retried$/,
    )
    expect(lines.at(-1)).to.match(/^1 done, 0 failed/)
    expect(stderr).to.not.include('\u001b')
    const silent = await runCommand([...args, '-s'])
    expect(silent.stderr).to.equal('')
  })
})
