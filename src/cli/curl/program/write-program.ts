/** The file of `--libcurl`. Does not know what is in it. */
import { writeFileSync } from 'node:fs'
import { STDOUT, writeAll } from '../output/descriptors.js'
import type { RunMessages } from '../output/messages.js'

/** Writes the program; `-` is stdout. A file that cannot be written is a warning, as in curl. */
export function writeProgram(path: string, text: string, messages: RunMessages): void {
  try {
    if (path === '-') writeAll(STDOUT, text)
    else writeFileSync(path, text)
  } catch {
    messages.warn(`Failed to open ${path} to write libcurl code`)
  }
}
