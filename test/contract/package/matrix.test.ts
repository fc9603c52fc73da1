/**
 * docs/installation.md and scripts/package/matrix belong together: the same package managers, the same lines.
 * Does not install anything: the script does.
 */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'

type Files = Readonly<Record<string, unknown>>
interface Manager {
  readonly lines?: Files
  readonly lines20?: Files
}
type Leg = Readonly<Record<'bare' | 'lines', string>>
interface Row {
  readonly version: string
  readonly 20: Leg
  readonly 24: Leg
}

const root = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('docs/installation.md', root), 'utf8')
const SEEN = /^(works( by \w+( and \w+)?)?|no binary) \((4\.0\.0|5\.\d+\.\d+)\)$|^does not install$/

describe('the table of package managers', () => {
  let managers: Readonly<Record<string, Manager>>
  let table: ReadonlyMap<string, Row>
  before(async () => {
    const load = async (file: string): Promise<Record<string, unknown>> =>
      (await import(new URL(`scripts/package/matrix/${file}`, root).href)) as Record<string, unknown>
    managers = (await load('managers.mjs'))['managers'] as typeof managers
    const { readTable } = (await load('table.mjs')) as { readTable: (root: string) => typeof table }
    table = readTable(root.pathname)
  })

  it('has the package managers that the script tries', () => {
    expect([...table.keys()]).to.deep.equal(Object.keys(managers))
    for (const [name, { version }] of table) expect(version, name).to.match(/^\d+\.\d+\.\d+$/)
  })

  it('has what was seen in each cell, and works with the lines', () => {
    for (const [name, row] of table) {
      const { lines, lines20 } = managers[name]!
      for (const [leg, added] of [
        [20, lines20 ?? lines],
        [24, lines],
      ] as const) {
        expect(row[leg].bare, name).to.match(SEEN)
        if (added === undefined)
          expect([row[leg].bare.split(' ')[0], row[leg].lines]).to.deep.equal(['works', '—'])
        else
          expect(row[leg].lines, name)
            .to.match(SEEN)
            .and.match(/^works/)
      }
    }
  })

  it('is about the lines that the page names', () => {
    const [, lines = ''] = /\n## Lines to add\n([^]*?)\n## /.exec(page) ?? []
    const bare = (text: string): string => text.replaceAll(/["\s]/g, '')
    let count = 0
    for (const { lines: both, lines20 } of Object.values(managers)) {
      for (const [file, content] of Object.entries({ ...both, ...lines20 })) {
        const fields =
          typeof content === 'string'
            ? content.trim().split('\n')
            : Object.entries(content as object).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
        for (const field of fields) {
          expect(bare(lines)).to.include(bare(field))
          count++
        }
        expect(lines).to.include(`\`${file}\``)
      }
    }
    expect(count).to.be.greaterThan(6)
  })
})
