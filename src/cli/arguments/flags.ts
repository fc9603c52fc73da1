/**
 * The table of all options of the command. The parser, `--help`, completion, config files, JSON lines and
 * `--to-curl` are built from it. Does not declare them: `flags/` does.
 */
import { CONNECTION_FLAGS } from './flags/connection-flags.js'
import { CRAWL_FLAGS } from './flags/crawl-flags.js'
import type { Flag, Given } from './flags/flag.js'
import { REQUEST_FLAGS } from './flags/request-flags.js'
import { INPUT_FLAGS, RUN_FLAGS } from './flags/run-flags.js'
import { VISITOR_FLAGS } from './flags/visitor-flags.js'

export type { Flag, Given }

/** All options, in the order of `--help`. */
export const FLAGS: readonly Flag[] = [
  ...INPUT_FLAGS,
  ...CRAWL_FLAGS,
  ...REQUEST_FLAGS,
  ...CONNECTION_FLAGS,
  ...VISITOR_FLAGS,
  ...RUN_FLAGS,
]

const byLong = new Map(FLAGS.map((flag) => [flag.long, flag]))

/** Returns the option with that name. */
export function flagNamed(long: string): Flag | undefined {
  return byLong.get(long)
}
