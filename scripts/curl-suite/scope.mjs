/**
 * Lists the tests of curl's suite that concern `parallelcurl curl`, and the reason for each of the others.
 * Does not know their results.
 *
 *   node scripts/curl-suite/scope.mjs FOLDER      FOLDER: tests/data of curl's source
 *
 * Prints a line for each test: its number, a tab, and `in` or the reason why it is left out. The output for
 * the pinned version is committed as scope.tsv: a line that differs is a test that needs a decision.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder] = process.argv.slice(2)
const SERVERS = /^(http|https|http-proxy|https-proxy|http-ipv6|http-unix|http\/2|socks4|socks5|ftp|ftps|none)/

const section = (text, name) => new RegExp(`<${name}>\\s*([^]*?)\\s*</${name}>`).exec(text)?.[1]

function verdict(text) {
  if (text.includes('<tool>')) return 'a C program of libcurl’s own, not the tool'
  if (text.includes('unittest')) return 'a unit test in C'
  const servers = section(text, 'server')
  if (!servers) return 'names no server'
  if (/\b(Debug|debug|TrackMemory)\b/.test(section(text, 'features') ?? '')) return 'a debug build of curl'
  const others = servers
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !SERVERS.test(line))
  return others.length === 0 ? 'in' : `needs the server ${others[0].split(' ')[0]}`
}

const numbers = readdirSync(folder)
  .map((name) => /^test(\d+)$/.exec(name)?.[1])
  .filter((number) => number !== undefined)
  .sort((a, b) => a - b)
for (const number of numbers) {
  console.log(`${number}\t${verdict(readFileSync(join(folder, `test${number}`), 'latin1'))}`)
}
