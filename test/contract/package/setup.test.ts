/**
 * scripts/setup.sh on machines of every kind: a folder of stand-ins for the programs that it calls is the
 * whole PATH. Does not know how the real npm or apt work; that a real machine gets set up is what every run
 * from a fresh clone shows.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { linkPrograms } from '../../support/programs/bare-path.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const tools = ['bash', 'dirname', 'mktemp', 'grep', 'tail', 'rm', 'cat', 'mkdir', 'touch', 'env', 'flock']
const compiler = ['make', 'python3', 'c++', 'g++']

/**
 * npm as it is: packages without a binary; `rebuild` makes one where prebuilt ones, or headers, are to be
 * had.
 */
const npm = `case $1 in
  install) mkdir -p node_modules/node-libcurl && echo "require('./lib/binding/node_libcurl.node.js')" >node_modules/node-libcurl/index.js ;;
  rebuild)
    [ -e prebuilt ] || command -v curl-config >/dev/null || { echo 'npm error Could not run curl-config, please make sure'; exit 1; }
    [ ! -e broken-compiler ] || { echo 'npm error ../src/Easy.cc:7:10: fatal error: ‘what’ is this'; exit 1; }
    mkdir -p node_modules/node-libcurl/lib/binding && touch node_modules/node-libcurl/lib/binding/node_libcurl.node.js ;;
esac`

class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'parallelcurl-setup-test-'))
  readonly bin = join(this.folder, 'bin')

  constructor(...programs: string[]) {
    for (const folder of ['bin', 'scripts', 'tmp']) mkdirSync(join(this.folder, folder))
    for (const file of ['package.json', 'scripts/setup.sh', 'scripts/setup-state.cjs']) {
      copyFileSync(join(root, file), join(this.folder, file))
    }
    symlinkSync(process.execPath, join(this.bin, 'node'))
    linkPrograms(this.bin, tools)
    this.install('npm', npm)
    this.install('id', 'echo 0')
    this.install('uname', 'echo Linux')
    for (const program of programs) this.install(program)
  }

  /** A stand-in that writes down its call. */
  install(program: string, script = ''): this {
    const file = join(this.bin, program)
    const record = ['npm', 'apt-get', 'sudo'].includes(program) ? `echo "${program} $*" >>calls\n` : ''
    writeFileSync(file, `#!${join(this.bin, 'bash')}\n${record}${script}\n`)
    chmodSync(file, 0o755)
    return this
  }

  file(name: string): this {
    writeFileSync(join(this.folder, name), '')
    return this
  }

  get calls(): string[] {
    const calls = join(this.folder, 'calls')
    return existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : []
  }

  setUp(env: NodeJS.ProcessEnv = {}): { status: number | null; stdout: string; lines: string[] } {
    const { status, stdout, stderr } = spawnSync(join(this.bin, 'bash'), ['scripts/setup.sh'], {
      cwd: this.folder,
      env: { PATH: this.bin, TMPDIR: join(this.folder, 'tmp'), ...env },
      encoding: 'utf8',
    })
    return { status, stdout, lines: stderr.split('\n').slice(0, -1) }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true })
  }
}

const installPackages = 'npm install --ignore-scripts --include=dev'
const getBinary = 'npm rebuild --ignore-scripts=false node-libcurl'
const aptInstall = (packages: string): string =>
  `apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends ${packages}`

describe('scripts/setup.sh', () => {
  it('does nothing, silently, in a checkout that is ready', () => {
    const { status, stdout, stderr } = spawnSync('bash', ['scripts/setup.sh'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect({ status, stdout, stderr }).to.deep.equal({ status: 0, stdout: '', stderr: '' })
  })

  it('installs the packages and takes a prebuilt binary, touching nothing of the system; the second time it does nothing', () => {
    using machine = new Machine('apt-get').file('prebuilt')
    expect(machine.setUp()).to.include({ status: 0, stdout: '' })
    expect(machine.calls).to.deep.equal([installPackages, getBinary])
    expect(machine.setUp()).to.deep.equal({ status: 0, stdout: '', lines: [] })
    expect(machine.calls).to.have.length(2)
  })

  it('installs packages, but compiles nothing again, when package.json changes', () => {
    using machine = new Machine().file('prebuilt')
    machine.setUp()
    const file = join(machine.folder, 'package.json')
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>
    writeFileSync(file, JSON.stringify({ ...manifest, scripts: {} }))
    machine.setUp()
    expect(machine.calls, 'scripts are no packages').to.have.length(2)
    writeFileSync(
      file,
      JSON.stringify({ ...manifest, dependencies: { ...manifest['dependencies'], x: '1' } }),
    )
    machine.setUp()
    expect(machine.calls).to.deep.equal([installPackages, getBinary, installPackages])
  })

  it('replaces node-libcurl when the packages were installed for another Node', () => {
    using machine = new Machine().file('prebuilt')
    machine.setUp()
    writeFileSync(join(machine.folder, 'node_modules/.parallelcurl-setup'), 'linux-x64-1 abc\n')
    expect(machine.setUp().status).to.equal(0)
    expect(machine.calls.slice(2)).to.deep.equal([installPackages, getBinary])
  })

  it('installs missing headers on Debian, and tries again', () => {
    using machine = new Machine(...compiler)
    machine.install('apt-get', `[[ $* == *libcurl* ]] && cp bin/make bin/curl-config`)
    symlinkSync('/bin/cp', join(machine.bin, 'cp'))
    const { status, lines } = machine.setUp()
    expect(status).to.equal(0)
    expect(machine.calls).to.deep.equal([
      installPackages,
      getBinary,
      aptInstall('libcurl4-openssl-dev'),
      getBinary,
    ])
    expect(lines.at(-1)).to.equal('setup: installing libcurl4-openssl-dev, to compile node-libcurl')
  })

  it('installs a missing compiler, too, and updates the package lists when apt does not know a package', () => {
    using machine = new Machine()
    machine.install('apt-get', "[ $4 = update ] || { echo 'E: Unable to locate package'; exit 100; }")
    const { status, lines } = machine.setUp()
    expect(status).to.equal(1)
    const packages = 'libcurl4-openssl-dev build-essential python3'
    expect(machine.calls.slice(2)).to.deep.equal([
      aptInstall(packages),
      'apt-get -q -o DPkg::Lock::Timeout=300 update',
      aptInstall(packages),
    ])
    expect(lines.at(-1)).to.match(
      /^setup: .*python3 cannot be installed: E: Unable to locate package \(all of it: \S+\)$/,
    )
  })

  it('uses sudo if it is not root, and says what to do without sudo', () => {
    using machine = new Machine('apt-get', ...compiler).install('id', 'echo 1000')
    expect(machine.setUp().lines.at(-1)).to.match(/As root: apt-get install libcurl4-openssl-dev\b/)
    machine.install('sudo', 'exit 1')
    machine.setUp()
    expect(machine.calls.at(-1)).to.match(/^sudo env DEBIAN_FRONTEND=noninteractive apt-get .* update$/)
  })

  for (const [system, programs, uname, advice] of [
    ['Fedora', ['dnf'], 'Linux', 'dnf install libcurl-devel gcc-c++ make python3'],
    ['Alpine', ['apk'], 'Linux', 'apk add curl-dev build-base python3'],
    ['Arch', ['pacman'], 'Linux', 'pacman -S curl base-devel python'],
    ['macOS', [], 'Darwin', 'brew install curl'],
    ['Windows', [], 'MINGW64_NT-10.0', "Visual Studio's C++ build tools"],
    ['another system', [], 'Linux', "libcurl's development package"],
  ] as const) {
    it(`says in one line what to install on ${system}`, () => {
      using machine = new Machine(...programs).install('uname', `echo ${uname}`)
      const { status, stdout, lines } = machine.setUp()
      expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
      expect(lines).to.have.length(3)
      expect(lines[2]).to.include("libcurl's headers").and.to.include(advice)
    })
  }

  it('names the cause of a failure in one line, and the file with the whole log', () => {
    using machine = new Machine('curl-config', ...compiler).file('broken-compiler')
    const { status, lines } = machine.setUp()
    expect(status).to.equal(1)
    const [, cause, log] =
      /^setup: node-libcurl cannot be compiled: (.*) \(all of it: (.*)\)$/.exec(lines.at(-1) ?? '') ?? []
    expect(cause).to.equal('../src/Easy.cc:7:10: fatal error: ‘what’ is this')
    expect(readFileSync(log!, 'utf8')).to.include('fatal error: ‘what’ is this')
    machine.install('npm', 'echo "npm error code ENOTFOUND"; echo "npm error network request failed"; exit 1')
    expect(machine.setUp().lines.at(-1)).to.match(
      /^setup: npm install failed: network request failed \(all of it: /,
    )
  })

  it('changes nothing of the system if the environment names curl-config', () => {
    for (const name of ['npm_config_curl_config_bin', 'npm_package_config_node_gyp_curl_config_bin']) {
      using machine = new Machine('apt-get', ...compiler)
      const { status, lines } = machine.setUp({ [name]: '/nowhere/curl-config' })
      expect(status).to.equal(1)
      expect(lines.at(-1)).to.include('no curl-config at /nowhere/curl-config')
      expect(machine.calls).to.deep.equal([installPackages, getBinary])
    }
  })

  it('refuses a missing or too old Node', () => {
    using machine = new Machine()
    rmSync(join(machine.bin, 'node'))
    expect(machine.setUp().lines).to.deep.equal([
      'setup: Node.js 20.19 or newer is needed: https://nodejs.org',
    ])
    machine.install('node', 'if [ "$1" = --version ]; then echo v18.1.0; else echo old-node; fi')
    expect(machine.setUp().lines).to.deep.equal(['setup: Node.js 20.19 or newer is needed, this is v18.1.0'])
  })
})
