/**
 * Generates the files that are made from node-libcurl, libcurl and PHP, and fetches their sources. With
 * `--check`, compares them and writes nothing. The formats are in generate/.
 *
 *   npm run generate [-- --check]
 *
 * Exits with 1 if a file differs, and with 75 and lines of `SKIPPED: why` if a source is not available here.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { optionFiles } from './generate/options.js'
import { phpConstantsFile } from './generate/php-constants.js'

const CANNOT_BE_HAD = 75
const root = join(import.meta.dirname, '..')
const [mode, ...more] = process.argv.slice(2)
if (more.length > 0 || (mode !== undefined && mode !== '--check'))
  throw new Error('usage: npm run generate [-- --check]')

const files = new Map<string, string>()
const php = phpConstantsFile()
if (typeof php === 'string') skip(php)
else files.set(...php)
const headers = headersOfLibcurl()
if (headers !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-generate-'))
  try {
    const [v4, v5] = packages(folder)
    for (const [path, text] of optionFiles({ v4, v5, headers })) files.set(path, text)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
for (const [path, text] of files) await put(path, text)

async function put(path: string, made: string): Promise<void> {
  const file = join(root, path)
  const text = await format(made, { ...(await resolveConfig(file)), parser: 'typescript' })
  const there = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const isSame = there === text
  if (mode === undefined) {
    if (!isSame) writeFileSync(file, text)
    console.log(`${isSame ? 'unchanged' : 'written  '} ${path}`)
  } else if (isSame) console.log(`as made   ${path}`)
  else if ([null, versionsIn(text)].includes(versionsIn(there))) {
    console.log(`DIFFERS   ${path}: run npm run generate, and commit what it writes`)
    process.exitCode = 1
  } else skip(`${path} was made from ${String(versionsIn(there))}; here: ${String(versionsIn(text))}`)
}

/** Returns the versions that a file was made from, according to its head. */
function versionsIn(text: string): string | null {
  const head = text.slice(0, text.indexOf('*/')).replaceAll(/\s*\n \*\s*/g, ' ')
  return / from ([^:]+):/.exec(head)?.[1] ?? null
}

function skip(why: string): void {
  console.log(`SKIPPED: ${why}`)
  process.exitCode ??= CANNOT_BE_HAD
}

/**
 * Returns the folder with curl.h of the newest libcurl that the modern leg has built. Builds it if there is
 * none.
 */
function headersOfLibcurl(): string | undefined {
  const cache =
    process.env['PARALLELCURL_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'parallelcurl')
  const newest = (): string | undefined =>
    (existsSync(cache) ? readdirSync(cache) : [])
      .filter((name) => name.startsWith('curl-') && existsSync(join(cache, name, 'include/curl/curl.h')))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1)
  if (newest() === undefined) {
    const { stderr } = spawnSync('bash', [join(root, 'scripts/modern.sh'), 'true'], { encoding: 'utf8' })
    if (newest() === undefined) {
      skip(`libcurl's headers are needed, and scripts/modern.sh did not get them: ${stderr.trim()}`)
      return undefined
    }
  }
  return join(cache, newest() ?? '', 'include/curl')
}

/** Unpacks the oldest versions of both node-libcurl majors that package.json allows. */
function packages(folder: string): [v4: string, v5: string] {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { dependencies } = manifest as { dependencies: Record<string, string> }
  const [v4, v5] = [...(dependencies['node-libcurl'] ?? '').matchAll(/\d+\.\d+\.\d+/g)].map(([version]) => {
    const unpacked = join(folder, version)
    mkdirSync(unpacked)
    const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder })
    run('npm', 'pack', '--silent', `node-libcurl@${version}`)
    run('tar', '-xzf', `node-libcurl-${version}.tgz`, '-C', unpacked, '--strip-components=1')
    return unpacked
  })
  if (v4 === undefined || v5 === undefined) throw new Error('package.json names two majors of node-libcurl')
  return [v4, v5]
}
