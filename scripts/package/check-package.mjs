/**
 * Checks the package as a user gets it: packs the tarball, installs it into an empty folder as the README
 * says, compiles the README's first example there (strict, module nodenext), and runs it as an ES module and
 * through `require`. The example's URLs are replaced by those of a local server. Does not depend on what the
 * example does.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')
const folder = await mkdtemp(join(tmpdir(), 'parallelcurl-package-'))
const run = async (cwd, command, ...args) => {
  console.log(`$ ${command} ${args.join(' ')}`)
  const options = { cwd, maxBuffer: 1 << 28 }
  const {
    stdout,
    stderr,
    code = 0,
  } = await promisify(execFile)(command, args, options).catch((error) => error)
  console.log(stdout + stderr)
  assert.equal(code, 0, `${command} ${args[0]} failed`)
  return stdout
}
const inFolder = (...command) => run(folder, ...command)
const write = (name, content) =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))

const seen = []
const server = createServer((request, response) => {
  seen.push(request.url)
  response.end('hello')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

try {
  const tarball = (await run(root, 'npm', 'pack', '--silent', '--pack-destination', folder))
    .trim()
    .split('\n')
    .at(-1)
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const tools = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`)
  await write('package.json', { private: true, allowScripts: { 'node-libcurl': true } })
  await inFolder('npm', 'install', '--no-audit', '--no-fund', `./${tarball}`, ...tools)

  const example = await firstExample()
  const imports = example.match(/^import .*\n/gm).join('')
  const body = example.replace(/^import .*\n/gm, '')
  await write('module.mts', example)
  // The same example in a CommonJS file, which has no top-level await.
  await write('common.cts', `${imports}async function main() {\n${body}}\nvoid main()\n`)
  await write('tsconfig.json', {
    compilerOptions: {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      exactOptionalPropertyTypes: true,
      types: ['node'],
    },
  })
  await inFolder('npx', 'tsc')
  assert.match(await readFile(join(folder, 'common.cjs'), 'utf8'), /require\("parallelcurl"\)/)

  const urls = example.match(/http:\/\/127[^'"]*/g).map((url) => new URL(url).pathname)
  for (const file of ['module.mjs', 'common.cjs']) {
    seen.length = 0
    const output = await inFolder('node', file)
    assert.deepEqual(seen.toSorted(), urls.toSorted(), `${file} did not ask for all its URLs`)
    assert.equal(output.match(/ 200 /g)?.length, urls.length, `${file} did not print every answer`)
  }
} finally {
  server.close()
  await rm(folder, { recursive: true })
}

async function firstExample() {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const example = /^```ts\n(.*?)^```/ms.exec(readme)?.[1]
  assert(example, 'README.md has no ```ts block')
  const local = example.replaceAll('https://example.com', `http://127.0.0.1:${server.address().port}`)
  assert.notEqual(local, example, "README's first example asks for no https://example.com URL")
  return local
}
