/** The command describes itself: help, version, completion of shells. Does not run transfers. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  runCommand,
  runProgram,
  temporaryFolder,
  type CommandResult,
} from '../../support/programs/command.js'
import { FLAGS } from '../../../src/cli/arguments/flags.js'
import { capabilities } from '../../../src/engine/installed/capabilities.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { requireProgram } from '../../support/programs/requires.js'

describe('the command: help, version, completion', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route(/^\/page/, (request, response) => response.end(request.path))
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const run = (...args: readonly string[]): Promise<CommandResult> => runCommand(args, { cwd: folder() })

  describe('completion', () => {
    const MAXIMA = ['--parallel-max', '--parallel-max-host', '--parallel-max-proxy']
    /** Returns the output of a shell that has read the script and does this. */
    async function ask(shell: string, doThis: string, args: readonly string[] = []): Promise<string[]> {
      const { text: script } = await run('--completion', shell)
      const { text, stderr } = await runProgram(shell, [...args, '-c', `${script}\n${doThis}`], {
        cwd: folder(),
      })
      expect(stderr).to.equal('')
      return text.trim().split(/\s+/).sort()
    }
    const inBash = (...words: readonly string[]): Promise<string[]> =>
      ask(
        'bash',
        `COMP_WORDS=(parallelcurl ${words.join(' ')}); COMP_CWORD=${words.length}; _parallelcurl; echo "\${COMPREPLY[@]}"`,
      )

    it('completes options in bash', async () => {
      expect(await inBash('--parallel-m')).to.deep.equal(MAXIMA)
      expect(await inBash('--body', "''")).to.deep.equal(['auto', 'base64', 'text'])
      expect(await inBash("''")).to.deep.equal(['curl', 'drain', 'enqueue', 'status', 'work'])
      writeFileSync(join(folder(), 'complete.me'), '')
      expect(await inBash('--cacert', 'compl')).to.deep.equal(['complete.me'])
    })

    it('completes options in fish', async function () {
      requireProgram(this, 'fish')
      const inFish = async (line: string): Promise<string[]> =>
        ask('fish', `complete -C 'parallelcurl ${line}' | string replace -r '\\t.*' ''`, ['--no-config'])
      expect(await inFish('--parallel-m')).to.deep.equal(MAXIMA)
      expect(await inFish('--body ')).to.deep.equal(['auto', 'base64', 'text'])
      writeFileSync(join(folder(), 'complete.me'), '')
      expect(await inFish('--cacert compl')).to.deep.equal(['complete.me'])
      expect(await inFish('en')).to.include('enqueue')
    })

    it('completes options in zsh', async function () {
      requireProgram(this, 'zsh')
      writeFileSync(join(folder(), '_parallelcurl.zsh'), (await run('--completion', 'zsh')).text)
      // A terminal of its own, in which somebody presses the tab key.
      const doThis = `zmodload zsh/zpty; zpty shell zsh -f -i; zpty -w shell 'PS1=; autoload -Uz compinit; compinit -D -u; source ./_parallelcurl.zsh; setopt no_list_ambiguous; echo rea""dy'
        zpty -r shell seen '*ready*'; zpty -w -n shell $'parallelcurl --bo\\t'; zpty -r shell seen '*--body*'; print -r -- "$seen"`
      const { text } = await runProgram('timeout', ['10', 'zsh', '-f', '-c', doThis], { cwd: folder() })
      expect(text).to.match(/--body/)
    })
  })

  it('prints versions and features', async () => {
    const { text } = await run('--version')
    const { httpVersions, decoders, protocols, versions } = capabilities()
    const [first, ...others] = text.replace(/\n {2}/g, ' ').split('\n')
    expect(first).to.match(/^parallelcurl \d+\.\d+\.\d+ \(Node \S+, node-libcurl \d+\.\d+\.\d+\)$/)
    expect(others[0]).to.include(`libcurl/${versions['libcurl']}`)
    expect(others).to.include(`HTTP versions: ${httpVersions.join(', ')}`)
    expect(others).to.include(`Compression: ${decoders.join(', ')}`)
    expect(text.replace(/\s+/g, ' ')).to.include(`Protocols: ${protocols.slice(0, 3).join(', ')}`)
  })

  it('prints help by group for 80 columns, also of the queue commands, without loading libcurl', async () => {
    const { text, code } = await run('--help')
    expect(code).to.equal(0)
    expect(text.split('\n').filter((line) => line.length > 80)).to.deep.equal([])
    expect(text)
      .to.match(/^Long runs:$/m)
      .and.match(/^ {2}-X, --request METHOD {8}the method$/m)
    for (const { long, help } of FLAGS) {
      expect(text).to.match(new RegExp(`^ {2}(-\\S,|   ) --${long.replace('.', '\\.')}( |$)`, 'm'))
      expect(text.replace(/\s+/g, ' ')).to.include(help)
    }
    for (const command of ['enqueue', 'work', 'status', 'drain']) {
      expect(text).to.match(new RegExp(`^ {2}parallelcurl ${command} `, 'm'))
      const own = await run(command, '--help')
      expect([own.code, own.stderr]).to.deep.equal([0, ''])
      expect(own.text)
        .to.match(new RegExp(`^Usage: parallelcurl ${command} `))
        .and.include('--redis URL')
    }
  })
})
