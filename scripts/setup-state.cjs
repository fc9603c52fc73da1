/**
 * Answers setup.sh's questions on every run: are the packages of package.json installed, and does
 * node-libcurl load in this Node? In one process, because a second one would cost as much as the answer.
 * Prints one word; `mark` writes the stamp. Does not install anything.
 */
const { createHash } = require('node:crypto')
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '..')
const stamp = join(root, 'node_modules', '.parallelcurl-setup')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

// The other fields of package.json do not affect node_modules.
const { engines, dependencies, devDependencies, optionalDependencies, overrides, allowScripts } = manifest
const wish = { engines, dependencies, devDependencies, optionalDependencies, overrides, allowScripts }
const build = `${process.platform}-${process.arch}-${process.versions.modules}`
const wanted = `${build} ${createHash('sha256').update(JSON.stringify(wish)).digest('hex')}\n`

function state() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) return 'old-node'
  const found = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
  // The packages were installed for another Node: it may need the other major of node-libcurl, and npm keeps
  // what is installed.
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
