/**
 * Runs in a folder into which parallelcurl was installed: asks for a URL through `require` and `import`, and
 * prints what it found as JSON. Does not know who installed it.
 */
const { createRequire } = require('node:module')
const { readFileSync } = require('node:fs')

const url = process.argv[2]
const installed = {}
try {
  const inside = createRequire(require.resolve('parallelcurl'))
  for (const name of ['node-libcurl', 'node-libcurl-4', 'node-libcurl-5']) {
    try {
      installed[name] = JSON.parse(readFileSync(inside.resolve(`${name}/package.json`), 'utf8')).version
      inside(name)
      installed[name] += ' built'
    } catch {}
  }
} catch {}

async function ask({ ParallelCurl }) {
  const curl = new ParallelCurl(1)
  const { responseCode, body } = await curl.request(url)
  await curl.close()
  return `${responseCode} ${body}`
}
async function attempt(load) {
  try {
    return await ask(await load())
  } catch (error) {
    return error.message
  }
}
async function main() {
  const required = await attempt(() => require('parallelcurl'))
  const imported = await attempt(() => import('parallelcurl'))
  console.log(JSON.stringify({ installed, required, imported }))
}
void main()
