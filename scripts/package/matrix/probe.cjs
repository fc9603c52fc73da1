/**
 * Runs in a folder into which parallelcurl was installed: asks for a URL through `require` and `import`, and
 * prints as JSON what came of it, and which node-libcurl there is. Does not know who installed it.
 */
const { createRequire } = require('node:module')
const { readFileSync } = require('node:fs')

function nodeLibcurl() {
  try {
    const inside = createRequire(require.resolve('parallelcurl'))
    return JSON.parse(readFileSync(inside.resolve('node-libcurl/package.json'), 'utf8')).version
  } catch {
    return null
  }
}

async function ask(load) {
  try {
    const { ParallelCurl } = await load()
    const curl = new ParallelCurl(1)
    const { responseCode, body } = await curl.request(process.argv[2])
    await curl.close()
    return `${responseCode} ${body}`
  } catch (error) {
    return error.message
  }
}

async function main() {
  const required = await ask(() => require('parallelcurl'))
  const imported = await ask(() => import('parallelcurl'))
  console.log(JSON.stringify({ version: nodeLibcurl(), required, imported }))
}
void main()
