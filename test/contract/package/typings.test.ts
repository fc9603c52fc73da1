/**
 * The typings that are published: whole without what is internal, and free of it. Does not know what the
 * members do.
 */
import { expect } from 'chai'
import { join, resolve } from 'node:path'
import ts from 'typescript'
import { entryPoints } from '../../../scripts/package/entry-points.js'

const ROOT = resolve(import.meta.dirname, '../../..')
const ENTRIES = entryPoints(ROOT)

describe('the published typings', function () {
  this.timeout(120_000)
  const emitted = new Map<string, string>()
  let program: ts.Program

  before(() => {
    const config = join(ROOT, 'scripts/package/tsconfig.json')
    const { options, fileNames } = ts.parseJsonConfigFileContent(
      ts.readConfigFile(config, (path) => ts.sys.readFile(path)).config,
      ts.sys,
      join(ROOT, 'scripts/package'),
      undefined,
      config,
    )
    ts.createProgram(fileNames, options).emit(undefined, (path, text) => emitted.set(resolve(path), text))
    expect(ENTRIES).to.include('index')
    for (const entry of ENTRIES)
      expect(emitted.has(join(ROOT, 'dist', `${entry}.d.ts`)), entry).to.equal(true)
    const host = ts.createCompilerHost(options)
    const plain = ts.createCompilerHost(options)
    const at = (path: string): string | undefined => emitted.get(resolve(path))
    host.fileExists = (path) => at(path) !== undefined || plain.fileExists(path)
    host.directoryExists = (path) =>
      [...emitted.keys()].some((name) => name.startsWith(`${resolve(path)}/`)) || plain.directoryExists!(path)
    host.readFile = (path) => at(path) ?? plain.readFile(path)
    host.getSourceFile = (path, ...rest) => {
      const text = at(path)
      return text === undefined
        ? plain.getSourceFile(path, ...rest)
        : ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
    }
    program = ts.createProgram(
      ENTRIES.map((entry) => join(ROOT, 'dist', `${entry}.d.ts`)),
      {
        ...options,
        noEmit: true,
        skipLibCheck: false,
        declaration: false,
        declarationMap: false,
        emitDeclarationOnly: false,
      },
      host,
    )
  })

  it('compile without internal members', () => {
    const ours = ts
      .getPreEmitDiagnostics(program)
      .filter(({ file }) => file === undefined || emitted.has(resolve(file.fileName)))
    expect(ours.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).to.deep.equal([])
  })

  it('have no internal member in anything that is exported', () => {
    const checker = program.getTypeChecker()
    const internal: string[] = []
    let members = 0
    for (const entry of ENTRIES) {
      const source = program.getSourceFile(join(ROOT, 'dist', `${entry}.d.ts`))
      const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source!)!)
      expect(exported, entry).to.have.length.above(0)
      for (const symbol of exported) {
        const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
        for (const member of [target, ...checker.getDeclaredTypeOfSymbol(target).getProperties()]) {
          members++
          if (member.getJsDocTags(checker).some(({ name }) => name === 'internal'))
            internal.push(`${symbol.name}.${member.name}`)
        }
      }
    }
    expect(internal).to.deep.equal([])
    expect(members).to.be.above(500)
  })

  it('contain the public members of Transfer only', () => {
    const text = emitted.get(join(ROOT, 'dist/transfer/transfer.d.ts')) ?? ''
    for (const name of ['errno', 'content', 'headers', 'timings'])
      expect(text).to.match(new RegExp(`\\b${name}\\b`))
    const shown = /export declare class Transfer[^]*?\n}/.exec(text)?.[0] ?? ''
    const members = [...shown.matchAll(/^ {4}(?:readonly |get )?(\w+)[(:?]/gm)].map(([, name]) => name)
    const hidden = [
      'order',
      'hostGate',
      'gate',
      'access',
      'sink',
      'source',
      'chunks',
      'state',
      'isAborted',
      'place',
    ]
    expect(members.filter((name) => hidden.includes(name!))).to.deep.equal([])
  })
})
