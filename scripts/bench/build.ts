/**
 * Builds what is measured: the sources as plain JavaScript (a compiler in the process would be measured,
 * too), and the C program. Does not check types and does not run anything.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../', import.meta.url))
/**
 * In node_modules, so that package imports resolve to the checkout's packages, and no tool takes the output
 * for sources.
 */
const cache = join(root, 'node_modules/.cache/parallelcurl-bench')

export interface Program {
  readonly path: string
  readonly libcurl: string
}

export interface Built {
  /** The folder with the JavaScript, with the same subfolders as the sources. */
  readonly folder: string
  /** The library as published, because import time depends on the number of files. */
  readonly index: string
  /** The C program, or the reason why it could not be compiled. */
  readonly program: Program | string
}

export function build(): Built {
  const folder = join(cache, String(process.pid))
  for (const top of ['src', 'scripts/bench']) {
    for (const name of readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })) {
      if (name.endsWith('.ts')) transpile(join(top, name), folder)
    }
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  const published = join(folder, 'dist')
  execFileSync(process.execPath, [join(root, 'scripts/package/build.mjs'), published], { stdio: 'inherit' })
  return { folder, index: join(published, 'index.js'), program: compileC(folder) }
}

export function removeBuilt({ folder }: Built): void {
  rmSync(folder, { recursive: true, force: true })
}

function transpile(file: string, folder: string): void {
  const target = join(folder, file.replace(/\.ts$/, '.js'))
  const { outputText } = ts.transpileModule(readFileSync(join(root, file), 'utf8'), {
    fileName: file,
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  })
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, outputText)
}

function compileC(folder: string): Program | string {
  const ask = (...args: string[]): string =>
    execFileSync('curl-config', args, { encoding: 'utf8', stdio: 'pipe' }).trim()
  try {
    // The libcurl that node-libcurl was compiled against: curl-config belongs to it.
    const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')
    const libs = words(ask('--libs'))
    const rpath = libs.filter((word) => word.startsWith('-L')).map((word) => `-Wl,-rpath,${word.slice(2)}`)
    const path = join(folder, 'multi-socket')
    const source = join(root, 'scripts/bench/clients/multi-socket.c')
    execFileSync('cc', ['-O2', ...words(ask('--cflags')), '-o', path, source, ...libs, ...rpath], {
      stdio: 'pipe',
    })
    return { path, libcurl: ask('--version').replace(/^libcurl /, '') }
  } catch (error) {
    const { stderr, message } = error as { stderr?: Buffer; message: string }
    return `not compiled: ${(stderr?.toString() || message).trim().split('\n')[0] ?? ''}`
  }
}
