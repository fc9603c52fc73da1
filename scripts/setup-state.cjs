/**
 * What setup.sh asks on every run, in one process because a second one would cost as much as the answer:
 * is what package.json names installed, and does node-libcurl load under this Node?
 * Prints one word; `mark` writes the stamp. Does not know how anything gets installed.
 */
const { createHash } = require('node:crypto')
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '..')
const stamp = join(root, 'node_modules', '.parallelcurl-setup')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

// Scripts and texts of package.json decide nothing about node_modules.
const { engines, dependencies, devDependencies, optionalDependencies, overrides, allowScripts } = manifest
const wish = { engines, dependencies, devDependencies, optionalDependencies, overrides, allowScripts }
const build = `${process.platform}-${process.arch}-${process.versions.modules}`
const wanted = `${build} ${createHash('sha256').update(JSON.stringify(wish)).digest('hex')}\n`

function state() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) return 'old-node'
  const found = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
  // The set was chosen for another Node: node-libcurl's majors take turns there, and npm keeps what it finds.
  if (found !== undefined && !found.startsWith(`${build} `)) return 'foreign'
  try {
    require('node-libcurl')
  } catch (error) {
    if (process.argv[2] === 'why') return String(error.message).split('\n')[0]
    return existsSync(join(root, 'node_modules/node-libcurl/lib/binding/node_libcurl.node'))
      ? 'foreign'
      : 'missing'
  }
  return found === wanted ? 'ready' : 'stale'
}

if (process.argv[2] === 'mark') writeFileSync(stamp, wanted)
else console.log(state())
