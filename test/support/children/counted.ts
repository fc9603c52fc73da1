/**
 * Runs child processes in which the library uses a counting node-libcurl (counted-libcurl.mjs). Does not
 * interpret the counts.
 */
import { expect } from 'chai'
import { runChild } from '../programs/child.js'

const counting = new URL('./counted-libcurl.mjs', import.meta.url).href

const PREAMBLE = `
  import { register } from 'node:module'
  const hook = \`export const resolve = (specifier, context, next) =>
    specifier === './load.js' && context.parentURL?.endsWith('/src/engine/node-libcurl/binding.js')
      ? { url: '${counting}', shortCircuit: true } : next(specifier, context)\`
  // Node.js 26 warns about it (DEP0205).
  process.noDeprecation = true
  register('data:text/javascript,' + encodeURIComponent(hook))
  process.noDeprecation = false
  const { counts, values } = await import('${counting}')
  const { ParallelCurl } = await import('./src/index.js')
`

/**
 * Runs a script that has `ParallelCurl`, `counts` and `values` in scope, and its arguments in `process.argv`
 * from index 1 on. Resolves with the JSON that the script prints.
 */
export async function runCounted(source: string, args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runChild(PREAMBLE + source, { args })
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}
