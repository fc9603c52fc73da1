/**
 * Children whose library calls a node-libcurl that counts (counted-libcurl.mjs). Does not know what is
 * counted for what.
 */
import { expect } from 'chai'
import { runChild } from '../programs/child.js'

const counting = new URL('./counted-libcurl.mjs', import.meta.url).href

const PREAMBLE = `
  import { register } from 'node:module'
  const hook = \`export const resolve = (specifier, context, next) =>
    specifier === './load.js' && context.parentURL?.endsWith('/src/engine/node-libcurl/binding.js')
      ? { url: '${counting}', shortCircuit: true } : next(specifier, context)\`
  register('data:text/javascript,' + encodeURIComponent(hook))
  const { counts, values } = await import('${counting}')
  const { ParallelCurl } = await import('./src/index.js')
`

/**
 * Runs a script that finds `ParallelCurl`, `counts` and `values`, and its arguments in `process.argv` from
 * index 1 on. Resolves with the JSON that it prints.
 */
export async function runCounted(source: string, args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runChild(PREAMBLE + source, { args })
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}
