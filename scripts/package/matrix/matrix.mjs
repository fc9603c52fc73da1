/**
 * Installs the packed package with each package manager into an empty folder, and compares what comes of it
 * with the table of docs/installation.md, for the Node.js that runs this:
 *
 *   node scripts/package/matrix/matrix.mjs [NAME...]
 *   bash scripts/modern.sh node scripts/package/matrix/matrix.mjs [NAME...]
 *
 * Prints what it saw, and fails if the table says otherwise; its folder with the log then stays. By hand
 * only: it takes minutes and the registry. `TARBALL=file` takes a package that is packed already.
 */
import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { managers } from './managers.mjs'
import { PAGE, startMirror } from './mirror.mjs'
import { readTable } from './table.mjs'

const TARBALL = 'parallelcurl.tgz'
const root = join(import.meta.dirname, '../../..')
const leg = Number(process.versions.node.split('.')[0]) < 22 ? 20 : 24
const table = readTable(root)
const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !Object.hasOwn(managers, name))
if (unknown !== undefined) {
  console.error(`no package manager "${unknown}": ${Object.keys(managers).join(', ')}`)
  process.exit(2)
}
const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-matrix-'))
const log = join(folder, 'log.txt')

/** The environment of a user: nothing of npm's, which may have started this script. */
function environment(mirror, tools) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_|package_config_)|INIT_CWD)/.test(name),
  )
  // Where Node's headers and curl-config are, for managers that empty the variables of package.json.
  const gyp = Object.entries(process.env).flatMap(([name, value]) => {
    const [, option] = /^npm_package_config_node_gyp_(.+)$/.exec(name) ?? []
    return option === undefined ? [] : [[`npm_config_${option}`, value]]
  })
  const cache = (name) => join(folder, 'cache', name)
  return {
    npm_config_nodedir: resolve(process.execPath, '../..'),
    ...Object.fromEntries([...own, ...gyp]),
    PATH: [tools, resolve(process.execPath, '..'), process.env.PATH].join(delimiter),
    npm_config_node_libcurl_binary_host_mirror: `${mirror}/`,
    npm_config_cache: cache('npm'),
    XDG_DATA_HOME: cache('data'),
    XDG_CACHE_HOME: cache('cache'),
    YARN_GLOBAL_FOLDER: cache('yarn-4'),
    YARN_CACHE_FOLDER: cache('yarn'),
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    BUN_INSTALL_CACHE_DIR: cache('bun'),
    NODE_DISABLE_COMPILE_CACHE: '1',
  }
}

/** Runs a program with low priority. Resolves with its status and output, which also goes to the log. */
function run(cwd, env, command, ...args) {
  return new Promise((done) => {
    const options = { cwd, env, maxBuffer: 1 << 28, timeout: 900_000 }
    execFile('nice', [command, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : (error.code ?? error.signal)
      writeFileSync(log, `$ ${command} ${args.join(' ')} -> ${code}\n${stdout}${stderr}\n`, { flag: 'a' })
      done({ code, stdout })
    })
  })
}

/** Installs a manager, and returns the folder of its command. */
function install(name) {
  const { tool } = managers[name]
  const { version } = table.get(name)
  const place = join(folder, 'tools', `${tool.replace(/\W+/g, '-')}-${version}`)
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), JSON.stringify({ allowScripts: { [tool]: true } }))
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `${tool}@${version}`], {
    cwd: place,
    stdio: 'ignore',
  })
  return join(place, 'node_modules/.bin')
}

/** Returns what the table has in a cell: what works, with which node-libcurl. */
async function use(cwd, env, manager, mirror) {
  const { node = ['node'], bin = [join(cwd, 'node_modules/.bin/parallelcurl')] } = manager
  const answer = `200 ${PAGE}`
  const probe = await run(cwd, env, ...node, 'probe.cjs', `${mirror}/page`)
  if (probe.code !== 0) return 'does not install'
  const { version, required, imported } = JSON.parse(probe.stdout.trim().split('\n').at(-1))
  writeFileSync(log, `require: ${required}\nimport: ${imported}\n`, { flag: 'a' })
  const command = await run(cwd, env, ...bin, `${mirror}/page`)
  const works = {
    require: required === answer,
    import: imported === answer,
    command: command.stdout === PAGE,
  }
  const names = Object.keys(works).filter((way) => works[way])
  if (names.length === 3) return `works (${version})`
  if (names.length > 0) return `works by ${names.join(' and ')} (${version})`
  return version === null ? 'does not install' : `no binary (${version})`
}

async function attempt(name, tools, mirror, withLines) {
  const manager = managers[name]
  const lines = withLines ? ((leg === 20 ? manager.lines20 : undefined) ?? manager.lines) : {}
  if (lines === undefined) return '—'
  const cwd = join(folder, `${name.replace(/\W+/g, '-')}${withLines ? '-lines' : ''}`)
  mkdirSync(cwd)
  const { 'package.json': fields, ...files } = { ...manager.files, ...lines }
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'project', private: true, ...fields }))
  for (const [file, content] of Object.entries(files)) writeFileSync(join(cwd, file), content)
  copyFileSync(join(folder, TARBALL), join(cwd, TARBALL))
  copyFileSync(join(import.meta.dirname, 'probe.cjs'), join(cwd, 'probe.cjs'))
  const env = environment(mirror, tools)
  await run(cwd, env, manager.command, ...manager.add(TARBALL))
  const first = await use(cwd, env, manager, mirror)
  if (!first.startsWith('works')) return first
  // As in another checkout, or in CI: by the lock file alone.
  for (const made of ['node_modules', '.pnp.cjs', '.yarn'])
    rmSync(join(cwd, made), { recursive: true, force: true })
  const { code } = await run(cwd, env, manager.command, ...manager.again)
  const second = code === 0 ? await use(cwd, env, manager, mirror) : `exit status ${code}`
  return second === first ? first : `${first}; then \`${manager.command} ${manager.again[0]}\`: ${second}`
}

const given = process.env.TARBALL
if (given === undefined) {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, stdio: 'ignore' })
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  copyFileSync(join(folder, `parallelcurl-${version}.tgz`), join(folder, TARBALL))
} else copyFileSync(given, join(folder, TARBALL))

const mirror = await startMirror(root, join(folder, 'mirror'))
let differences = 0
console.log(`Node.js ${process.version}, node-libcurl ${mirror.version} of this checkout; log: ${log}`)
for (const name of Object.keys(managers)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const tools = install(name)
  for (const kind of ['bare', 'lines']) {
    const seen = await attempt(name, tools, mirror.url, kind === 'lines')
    const said = table.get(name)[leg][kind]
    if (seen !== said) differences++
    const lines = kind === 'lines' ? ' with the lines' : ''
    console.log(
      `${name} ${table.get(name).version}${lines}: ${seen}${seen === said ? '' : ` (the table: ${said})`}`,
    )
  }
}
mirror.close()
if (differences > 0) {
  console.log(`${differences} cells of docs/installation.md differ`)
  process.exitCode = 1
} else rmSync(folder, { recursive: true })
