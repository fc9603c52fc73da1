/** The table of php-src's tests names scripts, cases and tests that exist. Does not run them. */
import { expect } from 'chai'
import { existsSync, readFileSync } from 'node:fs'
import { bodyCases } from '../body-cases.js'
import { contentCases } from '../content-cases.js'
import { optionCases } from '../option-cases.js'
import { allScripts } from '../scripts/sets/all-scripts.js'
import { wireCases } from '../wire-cases.js'
import { NEWER_TESTS, PHP_SRC_TESTS, type Shown } from './php-src-tests.js'

const compared = [...allScripts, ...bodyCases, ...contentCases, ...optionCases, ...wireCases]
const names = compared.map(({ name }) => name)
const newer = readFileSync(new URL('newer.test.ts', import.meta.url), 'utf8')
const ROOT = new URL('../../../../', import.meta.url)
const reasons = Object.values({ ...PHP_SRC_TESTS, ...NEWER_TESTS }).flatMap((shown) =>
  'none' in shown ? [shown.none] : [],
)

const missing = (table: Readonly<Record<string, Shown>>, exists: (name: string) => boolean): string[] =>
  Object.entries(table).flatMap(([file, shown]) =>
    'none' in shown ? [] : shown.filter((name) => !exists(name)).map((name) => `${file}: ${name}`),
  )

describe('the tests of php-src', () => {
  it('are shown by scripts and cases beside PHP that exist', () => {
    expect(missing(PHP_SRC_TESTS, (name) => names.includes(name))).to.deep.equal([])
    expect(Object.keys(PHP_SRC_TESTS)).to.have.lengthOf(134)
  })

  it('of newer versions are shown by tests that exist', () => {
    expect(missing(NEWER_TESTS, (name) => newer.includes(name))).to.deep.equal([])
  })

  it('are shown by something, but for those that are out of scope', () => {
    const all = Object.values({ ...PHP_SRC_TESTS, ...NEWER_TESTS })
    expect(all.filter((shown) => !('none' in shown) && shown.length === 0)).to.deep.equal([])
    expect(reasons).to.have.lengthOf(22)
  })

  it('are out of scope for reasons that name places that exist', () => {
    const places = reasons.flatMap((reason) => reason.match(/\b(?:docs|test)\/[\w./-]*\w/g) ?? [])
    expect(places).to.include.members(['docs/differences-from-php.md', 'test/integration/connections'])
    expect(places.filter((place) => !existsSync(new URL(place, ROOT)))).to.deep.equal([])
    const page = readFileSync(new URL('docs/differences-from-php.md', ROOT), 'utf8')
    const rows = reasons.flatMap((reason) => /^(\w+), a row in /.exec(reason)?.[1] ?? [])
    expect(rows).to.include('CURLMOPT_PUSHFUNCTION')
    expect(rows.filter((name) => !page.includes(`\`${name}\``))).to.deep.equal([])
  })

  it('have names of their own: scripts and cases', () => {
    const scripts = allScripts.map(({ name }) => name)
    expect(scripts.filter((name, index) => scripts.indexOf(name) !== index)).to.deep.equal([])
  })
})
