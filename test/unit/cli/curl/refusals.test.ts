/** The table of options that cannot be done, in docs/curl-command.md, is that of the option table. */
import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { installedBuild } from '../../../../src/cli/curl/arguments/installed-build.js'
import { lacks } from '../../../../src/cli/curl/arguments/table/option.js'
import { OPTION_GROUPS } from '../../../../src/cli/curl/arguments/table/option-table.js'

const OPTIONS = OPTION_GROUPS.flatMap(([, options]) => options)

function documented(): string[] {
  const page = readFileSync(new URL('../../../../docs/curl-command.md', import.meta.url), 'utf8')
  const [, table = ''] = /^## Options that need more(.*?)^## /ms.exec(page) ?? []
  const rows = table.split('\n').filter((line) => line.startsWith('| `--'))
  return rows.flatMap((row) =>
    Array.from((row.split('|')[1] ?? '').matchAll(/`--([^`]+)`/g), ([, long]) => long!),
  )
}

describe('options that cannot be done', () => {
  it('are those of the documentation, whichever they are on this build', () => {
    const build = installedBuild()
    const refused = OPTIONS.filter(({ needs }) => {
      if (needs?.never !== undefined) return true
      return needs?.option !== undefined && lacks({ option: needs.option }, build) !== undefined
    })
    expect(documented()).to.include.members(refused.map(({ long }) => long))
  })

  it('are in the documentation only where something may be missing', () => {
    const mayLack = OPTIONS.filter(({ needs }) => needs?.never !== undefined || needs?.option !== undefined)
    expect(mayLack.map(({ long }) => long)).to.include.members(documented())
  })
})
