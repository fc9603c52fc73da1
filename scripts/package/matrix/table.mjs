/** The table of docs/installation.md as data. Does not know how it was measured. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Returns for each manager its version, and what was seen on each leg, without lines and with them. */
export function readTable(root) {
  const page = readFileSync(join(root, 'docs/installation.md'), 'utf8')
  const [, table] = /^\| Package manager \| Version .*\n\|[ |-]+\n((?:\|.*\n)+)/m.exec(page) ?? []
  if (table === undefined) throw new Error('docs/installation.md has no table "| Package manager | Version"')
  const rows = table.trim().split('\n')
  return new Map(
    rows.map((row) => {
      const [name, version, bare20, with20, bare24, with24] = row
        .split('|')
        .slice(1, -1)
        .map((s) => s.trim())
      return [name, { version, 20: { bare: bare20, lines: with20 }, 24: { bare: bare24, lines: with24 } }]
    }),
  )
}
