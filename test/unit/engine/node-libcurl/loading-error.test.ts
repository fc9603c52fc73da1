/**
 * What is said where node-libcurl cannot be loaded, and to which package manager it is addressed. Does not
 * load node-libcurl: test/contract/package/loading.test.ts does.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import {
  adviceFor,
  loadingError,
  LoadingError,
  type Situation,
} from '../../../../src/engine/node-libcurl/loading-error.js'
import { packageManagerOf } from '../../../../src/engine/node-libcurl/package-manager.js'

const require = createRequire(import.meta.url)

const failure = (code: string, message: string): NodeJS.ErrnoException =>
  Object.assign(new Error(message), { code })
const noBinary = failure(
  'MODULE_NOT_FOUND',
  "Cannot find module '../lib/binding/node_libcurl.node'\nRequire stack:\n- /x.js",
)
const advice = (given: Partial<Situation>): readonly string[] =>
  adviceFor({ manager: 'npm', node: '24.21.0', version: '5.1.2', cause: noBinary, ...given })

describe('the error of a node-libcurl that cannot be loaded', () => {
  for (const [manager, line, command] of [
    ['npm', 'package.json: "allowScripts": { "node-libcurl": true }', 'npm rebuild node-libcurl'],
    ['pnpm', 'pnpm-workspace.yaml: allowBuilds: { node-libcurl: true }', 'pnpm rebuild node-libcurl'],
    [
      'yarn',
      'package.json: "dependenciesMeta": { "node-libcurl": { "built": true } }',
      'yarn rebuild node-libcurl',
    ],
    ['yarn 1', '--ignore-scripts', 'yarn install --force'],
    ['bun', 'package.json: "trustedDependencies": ["node-libcurl"]', 'bun install --force'],
  ] as const) {
    it(`says in three lines to ${manager} how to build a binary that is missing`, () => {
      const [what, allow, run, ...rest] = advice({ manager })
      expect(what).to.match(
        /^parallelcurl: node-libcurl 5\.1\.2 has no binary: its install script did not run/,
      )
      expect(allow).to.include(line)
      expect(run).to.include(`: ${command}. `)
      expect(rest).to.deep.equal([])
    })
  }

  for (const [node, version, wanted] of [
    ['20.20.2', '5.1.2', '4.0.0'],
    ['22.13.1', '5.1.2', '4.0.0'],
    ['22.14.0', '4.0.0', '^5.1.2'],
    ['24.21.0', '4.0.0', '^5.1.2'],
  ] as const) {
    it(`names the version that belongs where node-libcurl ${version} is in Node.js ${node}`, () => {
      const [what, choose, run, ...rest] = advice({ node, version, manager: 'pnpm' })
      expect(what).to.equal(
        `parallelcurl: node-libcurl ${version} is installed, and Node.js ${node} needs ${wanted}`,
      )
      expect(choose).to.include(`pnpm-workspace.yaml: overrides: { node-libcurl: ${wanted} }`)
      expect(run).to.include('delete node_modules, and run: pnpm install. ')
      expect(rest).to.deep.equal([])
    })
  }

  it('says that node-libcurl is not installed, and repeats what the loader says of a binary', () => {
    expect(advice({ version: undefined })).to.have.length(3)
    expect(advice({ version: undefined })[0]).to.include('node-libcurl is not installed')
    const [what] = advice({ cause: failure('ERR_DLOPEN_FAILED', 'libcurl.so.4: cannot open it\nmore') })
    expect(what).to.match(/5\.1\.2 does not load in Node\.js 24\.21\.0: libcurl\.so\.4: cannot open it$/)
  })

  it('says that Node.js has to run the program where Bun does', () => {
    const [what, ...rest] = advice({ bun: '1.4.5', cause: failure('ERR_DLOPEN_FAILED', 'Unknown failure') })
    expect(what).to.equal('parallelcurl: Bun 1.4.5 cannot load node-libcurl 5.1.2: Unknown failure')
    expect(rest.join('\n')).to.match(/^Bun may install .*\nRun: node /)
  })

  it('leaves other errors as they are', () => {
    const other = new TypeError('x is not a function')
    expect(loadingError(other, require, '/')).to.equal(other)
    expect(loadingError(undefined, require, '/')).to.equal(undefined)
  })

  it('has no stack', () => {
    const error = new LoadingError(['one', 'two'])
    expect(error.stack).to.match(/^\w*Error: one\ntwo$/)
    expect(new Error('later').stack).to.include('\n    at ')
  })
})

describe('the package manager that installed a folder', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-manager-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  function write(file: string, content = ''): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), content)
  }
  const inside = (): string => join(folder, 'node_modules/.pnpm/node-libcurl/node_modules/node-libcurl')

  for (const [file, manager, content] of [
    ['node_modules/.modules.yaml', 'pnpm'],
    ['node_modules/.yarn-state.yml', 'yarn'],
    ['node_modules/.yarn-integrity', 'yarn 1'],
    ['node_modules/.package-lock.json', 'npm'],
    ['.pnp.cjs', 'yarn'],
    ['pnpm-lock.yaml', 'pnpm'],
    ['bun.lock', 'bun'],
    ['bun.lockb', 'bun'],
    ['package-lock.json', 'npm'],
    ['yarn.lock', 'yarn', '# Made by Yarn\n\n__metadata:\n  version: 8\n'],
    ['yarn.lock', 'yarn 1', '# yarn lockfile v1\n'],
  ] as const) {
    it(`is ${manager} above which is ${file}${manager === 'yarn 1' ? ' (version 1)' : ''}`, () => {
      write(file, content)
      expect(packageManagerOf([inside()], 'bun/1.4.5 npm/? node/v24.21.0')).to.equal(manager)
    })
  }

  it('is the one that wrote node_modules, whatever lock files there are', () => {
    write('package-lock.json')
    write('node_modules/.modules.yaml')
    expect(packageManagerOf([inside()])).to.equal('pnpm')
  })

  it('is looked for above each folder in turn', () => {
    write('project/bun.lock')
    expect(packageManagerOf([join(folder, 'store/node-libcurl'), join(folder, 'project/src')])).to.equal(
      'bun',
    )
  })

  for (const [agent, manager] of [
    ['pnpm/12.21.0 npm/? node/v24.21.0 linux x64', 'pnpm'],
    ['yarn/1.22.22 npm/? node/v20.20.2 linux x64', 'yarn 1'],
    ['yarn/4.18.1 npm/? node/v20.20.2 linux x64', 'yarn'],
    ['cnpm/9', 'npm'],
    ['', 'npm'],
  ] as const) {
    it(`is ${manager} for the agent "${agent}", where there are no traces`, () => {
      expect(packageManagerOf([folder], agent)).to.equal(manager)
    })
  }
})
