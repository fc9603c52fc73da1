/**
 * The examples of the README and of docs/ compile: whatever they name of this library exists, and takes what
 * it is given. Does not run them: readme-runs.test.ts does.
 */
import { expect } from 'chai'
import { join, resolve } from 'node:path'
import ts from 'typescript'
import { documentExamples } from '../../support/documents/documents.js'

const ROOT = resolve(import.meta.dirname, '../../..')
const FOLDER = join(ROOT, 'test/contract/documents/readme')
/** Names that the text around an example declares: `url`, `urls`, `save`, ... */
const CANNOT_FIND_NAME = new Set([2304, 2552, 18004])
const IMPLICIT_ANY = new Set([7005, 7006, 7031, 7034])

/** The blocks of TypeScript, each as a module of its own. */
function examples(): Map<string, string> {
  const blocks = documentExamples().filter(({ language }) => language === 'ts')
  return new Map(
    blocks.map(({ path, text: code, line }) => {
      // An example of one option is part of an object.
      const whole = /^\w+: /.test(code) ? `const options: RequestOptions = {\n${code}}\n` : code
      const imported = /\bfrom 'parallelcurl/.test(whole)
        ? ''
        : "import { FormFile, ParallelCurl, type RequestOptions } from 'parallelcurl'\n"
      const given = /\bcurl = |new ParallelCurl/.test(whole) ? '' : 'declare const curl: ParallelCurl\n'
      return [
        join(FOLDER, `${path.replace(/\W/g, '-')}-line-${String(line)}.ts`),
        `${imported}${given}${whole}\nexport {}\n`,
      ]
    }),
  )
}

describe('the README and docs/', () => {
  it('contain examples that compile', () => {
    const files = examples()
    expect(files.size).to.be.greaterThan(10)
    const parsed = ts.getParsedCommandLineOfConfigFile(
      join(ROOT, 'tsconfig.json'),
      {},
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: () => undefined,
      },
    )
    const options: ts.CompilerOptions = {
      ...parsed?.options,
      noUnusedLocals: false,
      noUnusedParameters: false,
      noUncheckedIndexedAccess: false,
      paths: {
        parallelcurl: [join(ROOT, 'src/index.ts')],
        'parallelcurl/*': [join(ROOT, 'src/*/index.ts')],
      },
    }
    const host = ts.createCompilerHost(options)
    const fileExists = host.fileExists.bind(host)
    const getSourceFile = host.getSourceFile.bind(host)
    host.fileExists = (name) => files.has(name) || fileExists(name)
    host.getSourceFile = (name, version, ...rest) => {
      const text = files.get(name)
      return text === undefined
        ? getSourceFile(name, version, ...rest)
        : ts.createSourceFile(name, text, version)
    }
    const program = ts.createProgram([...files.keys()], options, host)
    const wrong = [...files.keys()].flatMap((name) => {
      const source = program.getSourceFile(name)
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
        .filter(({ code }) => !CANNOT_FIND_NAME.has(code) && !IMPLICIT_ANY.has(code))
        .map(
          ({ messageText, code }) =>
            `${name}: TS${String(code)} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
        )
    })
    expect(wrong).to.deep.equal([])
  }).timeout(120_000)
})
