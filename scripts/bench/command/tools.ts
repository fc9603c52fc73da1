/**
 * Finds and builds the programs beside the command: curl's own tool, a stop watch, the server that waits.
 * Does not run them.
 */
import { execFileSync } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Curl } from 'node-libcurl'
import type { Built } from '../build.js'

export interface Tools {
  readonly curl: string
  /** timed.c. */
  readonly timed: string
  /** delay-server.c. */
  readonly delayServer: string
  readonly command: string
}

/** Returns the version of a curl; undefined if there is none. */
export function versionOf(curl: string): string | undefined {
  try {
    return /^curl (\S+)/.exec(execFileSync(curl, ['--version'], { encoding: 'utf8', stdio: 'pipe' }))?.[1]
  } catch {
    return undefined
  }
}

/** Returns the curl of the libcurl that runs here: another one would be another comparison. */
function findCurl(): string | undefined {
  const version = /libcurl\/([\d.]+)/.exec(Curl.getVersion())?.[1] ?? ''
  const { PARALLELCURL_CACHE: given, XDG_CACHE_HOME: xdg = join(homedir(), '.cache') } = process.env
  const ofSuite = join(given ?? join(xdg, 'parallelcurl'), `suite-${version}/build/src/curl`)
  return [ofSuite, 'curl'].find((each) => versionOf(each) === version)
}

/** Returns the programs, or the reason why there are none. */
export function findTools({ folder, index }: Built): Tools | string {
  const curl = findCurl()
  if (curl === undefined)
    return 'there is no curl of the version of libcurl here: `npm run test:curl -- 1` builds one'
  const compile = (source: string, name: string): string => {
    const path = join(folder, name)
    execFileSync('cc', ['-O2', '-o', path, source], { stdio: 'pipe' })
    return path
  }
  const sources = import.meta.dirname
  try {
    return {
      curl,
      timed: compile(join(sources, 'timed.c'), 'timed'),
      delayServer: compile(join(sources, '../servers/delay-server.c'), 'delay-server'),
      command: join(index, '../cli/main.cjs'),
    }
  } catch (error) {
    return `the C programs are not compiled: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`
  }
}
