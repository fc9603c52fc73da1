/**
 * The generated tables against the node-libcurl that is installed, whichever major that is.
 */
import { expect } from 'chai'
import { Curl, Easy, Multi } from 'node-libcurl'
import { INFOS, UNSUPPORTED_INFOS } from '../../../../src/options/catalog/info-table.js'
import { createCatalog } from '../../../../src/options/catalog/option-catalog.js'
import { EASY_OPTIONS, MULTI_OPTIONS } from '../../../../src/options/catalog/option-table.js'
import { VALIDATED_STRINGS } from '../../../../src/options/catalog/option-traits.js'
import { parseTable } from '../../../../src/options/catalog/table-rows.js'

const isMajor5 = 'perform' in Multi.prototype
const available = Curl.option as unknown as Record<string, number>
const availableInfos = Curl.info as unknown as Record<string, number>
/** node-libcurl 5 lists the keys of HTTPPOST's fields among the options. */
const FORM_KEYS = ['NAME', 'FILE', 'CONTENTS', 'TYPE', 'FILENAME']
/** node-libcurl gives it the number of TELNETOPTIONS by mistake. */
const MISNUMBERED = 'SSL_CTX_FUNCTION'

const rows = Object.entries(EASY_OPTIONS).flatMap(([kind, text]) => parseTable(text, kind))
const infos = [...parseTable(INFOS, 'info'), ...parseTable(UNSUPPORTED_INFOS, 'unsupported')]

function isNewerThanInstalled(needs: string): boolean {
  const version = /@(\d+)\.(\d+)\.(\d+)/.exec(needs)
  if (version === null) return false
  const [major, minor, patch] = version.slice(1).map(Number) as [number, number, number]
  return major * 0x10000 + minor * 0x100 + patch > Curl.VERSION_NUM
}

/** True if the installed node-libcurl must have an entry of the table. */
function isExpected({ kind, needs }: { kind: string; needs: string }): boolean {
  return kind !== 'unsupported' && !needs.endsWith(isMajor5 ? '/4' : '/5') && !isNewerThanInstalled(needs)
}

describe('the option table', () => {
  it('has every option of the installed node-libcurl, under its number', () => {
    const table = new Map(rows.map(({ name, id }) => [name, id]))
    for (const name of Object.getOwnPropertyNames(available)) {
      if (FORM_KEYS.includes(name) || name === MISNUMBERED) continue
      expect(table.get(name), name).to.equal(available[name])
    }
  })

  it('has nothing that the installed node-libcurl lacks, but what it says it lacks', () => {
    for (const row of rows.filter(isExpected)) expect(available[row.name], row.name).to.equal(row.id)
  })

  it('has no name twice', () => {
    expect(new Set(rows.map(({ name }) => name)).size).to.equal(rows.length)
  })

  it('knows what kind of value node-libcurl takes', () => {
    const values: Record<string, unknown> = {
      integer: 0,
      offset: 0,
      string: '',
      list: [],
      function: () => 0,
      blob: '-',
      post: [],
    }
    const easy = new Easy()
    const setOpt = easy.setOpt.bind(easy) as unknown as (id: number | string, value: unknown) => number
    for (const row of rows.filter(isExpected)) {
      if (!(row.kind in values)) continue
      const value = row.name === 'BUFFERSIZE' ? 16384 : values[row.kind]
      // A refusal is a code; a wrong kind is an exception.
      const key = row.name === 'TELNETOPTIONS' ? row.name : row.id
      expect(() => setOpt(key, value), row.name).not.to.throw()
    }
    easy.reset()
    easy.close()
  })

  it('shows by null alone whether a build takes a string', () => {
    const writesFiles = ['COOKIEJAR', 'HSTS']
    const easy = new Easy()
    const setOpt = easy.setOpt.bind(easy) as unknown as (id: number, value: unknown) => number
    for (const { name, id, kind } of rows.filter(isExpected)) {
      if (kind !== 'string' || VALIDATED_STRINGS.has(name) || writesFiles.includes(name)) continue
      expect(setOpt(id, null), name).to.equal(setOpt(id, '1'))
    }
    easy.reset()
    easy.close()
  })

  it('knows which of them node-libcurl cannot set', () => {
    const easy = new Easy()
    const setOpt = easy.setOpt.bind(easy) as unknown as (name: string, value: unknown) => number
    for (const { name } of rows.filter(({ kind }) => kind === 'unsupported')) {
      if (name === 'MIMEPOST') continue
      let code: number | undefined
      try {
        code = setOpt(name, null)
      } catch {
        code = undefined
      }
      expect(code, name).to.be.oneOf([undefined, 48])
    }
    easy.close()
  })

  it('has every option of the multi handle', () => {
    const multi = (Multi as unknown as { option?: Record<string, number> }).option
    const table = new Map(
      Object.entries(MULTI_OPTIONS).flatMap(([kind, text]) =>
        parseTable(text, kind).map((row) => [row.name, row]),
      ),
    )
    for (const [name, id] of Object.entries(multi ?? {})) expect(table.get(name)?.id, name).to.equal(id)
    const handle = new Multi()
    const setOpt = handle.setOpt.bind(handle) as unknown as (name: string, value: unknown) => number
    for (const { name, kind } of [...table.values()].filter(isExpected)) {
      expect(setOpt(name, kind === 'list' ? [] : 1), name).to.equal(0)
    }
    handle.close()
  })

  it('makes a catalog that finds every option by name and by number', () => {
    const catalog = createCatalog(available, availableInfos, {
      libcurl: Curl.getVersion(),
      nodeLibcurlMajor: isMajor5 ? 5 : 4,
    })
    const names = catalog.optionNames
    expect(names).to.include.members(rows.filter(isExpected).map(({ name }) => name))
    for (const name of names) {
      const entry = catalog.option(name, 'test')
      expect(catalog.option(`CURLOPT_${name}`, 'test')).to.equal(entry)
      expect(catalog.option(entry.id, 'test')).to.equal(entry)
      expect(catalog.option(String(entry.id), 'test')).to.equal(entry)
    }
  })
})

describe('the info table', () => {
  it('has every info of the installed node-libcurl, under its number', () => {
    const table = new Map(infos.map(({ name, id }) => [name, id]))
    for (const name of Object.getOwnPropertyNames(availableInfos)) {
      expect(table.get(name), name).to.equal(availableInfos[name])
    }
  })

  it('has nothing that the installed node-libcurl lacks, but what it says it lacks', () => {
    for (const row of infos.filter(isExpected)) expect(availableInfos[row.name], row.name).to.equal(row.id)
  })

  it('names infos that can be read', () => {
    const catalog = createCatalog(available, availableInfos, {
      libcurl: '',
      nodeLibcurlMajor: isMajor5 ? 5 : 4,
    })
    const easy = new Easy()
    const getInfo = easy.getInfo.bind(easy) as unknown as (id: number) => { code: number; data: unknown }
    for (const name of catalog.infoNames) {
      const { data } = getInfo(catalog.infoNumber(name))
      expect(data, name).not.to.equal(undefined)
    }
    easy.close()
  })
})
