/**
 * The pages for people hold together: links lead somewhere, pages are of a size that people read, what is
 * made from the source is up to date. Does not run their examples: readme-runs.test.ts does.
 */
import { expect } from 'chai'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { SETTING_NAMES } from '../../../src/options/settings.js'
import { RUN_SETTINGS } from '../../../src/running/options/run-options.js'
import { LIMIT_NAMES } from '../../../src/scheduling/gates/limits.js'
import {
  commandOptionsPage,
  crawlOptionsPage,
  queueOptionsPage,
  runOptionsPage,
} from '../../../scripts/docs/command-options.js'
import { documents, type Document } from '../../support/documents/documents.js'

const ROOT = resolve(import.meta.dirname, '../../..')
const GENERATED = new Map([
  ['docs/command-options.md', commandOptionsPage],
  ['docs/crawl-options.md', crawlOptionsPage],
  ['docs/run-options.md', runOptionsPage],
  ['docs/queue-options.md', queueOptionsPage],
])

const page = (path: string): Document => ({ path, text: readFileSync(join(ROOT, path), 'utf8') })
const others = ['CONTRIBUTING.md', 'SECURITY.md', 'examples/README.md']
const pages = [...documents(), ...others.map(page)]

/** Returns a page without its examples. */
const prose = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, '')

/** The anchor that GitHub gives to a heading. */
function anchorOf(heading: string): string {
  const letters = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
  return letters.trim().replaceAll(' ', '-')
}

function anchors(text: string): Set<string> {
  const found = new Set<string>()
  for (const [, heading = ''] of prose(text).matchAll(/^#+ (.*)$/gm)) {
    const anchor = anchorOf(heading)
    let unique = anchor
    for (let n = 1; found.has(unique); n++) unique = `${anchor}-${n}`
    found.add(unique)
  }
  return found
}

/** Links and pictures that lead to this checkout: `../README.md#install`, `errors.md`, `#limits`. */
function links({ text }: Document): string[] {
  const all = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return all.filter((target) => !/^[a-z]+:/.test(target))
}

/** Returns the target of a link: a path from the root, and an anchor. */
function target({ path }: Document, link: string): [file: string, anchor: string] {
  const [file = '', anchor = ''] = link.split('#')
  return [file === '' ? path : relative(ROOT, resolve(ROOT, dirname(path), file)), anchor]
}

function sources(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return files.filter((name) => /\.(ts|mjs|cjs|sh)$/.test(name)).map((name) => join(folder, name))
}

const isFolderIn = (path: string, folder: string): boolean =>
  path.startsWith(`${folder}/`) && !path.includes('.')

describe('the pages', () => {
  it('have links to files and headings that exist', () => {
    const broken: string[] = []
    let count = 0
    for (const from of pages) {
      for (const link of links(from)) {
        const [file, anchor] = target(from, link)
        count++
        if (!existsSync(join(ROOT, file))) broken.push(`${from.path}: ${link}`)
        else if (anchor !== '' && !anchors(page(file).text).has(anchor)) broken.push(`${from.path}: ${link}`)
      }
    }
    expect(broken).to.deep.equal([])
    expect(count).to.be.greaterThan(50)
  })

  it('are all named by the README', () => {
    const readme = page('README.md')
    const named = new Set(links(readme).map((link) => target(readme, link)[0]))
    const all = documents().map(({ path }) => path)
    expect(all.filter((path) => path !== 'README.md' && !named.has(path))).to.deep.equal([])
  })

  it('are named correctly by the source', () => {
    const wrong: string[] = []
    for (const file of ['src', 'test', 'scripts'].flatMap(sources)) {
      for (const [path] of readFileSync(join(ROOT, file), 'utf8').matchAll(/\bdocs\/[\w-]+\.md\b/g))
        if (!existsSync(join(ROOT, path))) wrong.push(`${file}: ${path}`)
    }
    expect(wrong).to.deep.equal([])
  })

  it('have a row for each option of this library', () => {
    const firstCells = documents().flatMap(({ text }) =>
      [...text.matchAll(/^\| ([^|]*) \|/gm)].map(([, cell]) => cell),
    )
    const documented = firstCells.join().match(/`\w+`/g)
    const names = new Set([...SETTING_NAMES, ...Object.keys(RUN_SETTINGS), ...LIMIT_NAMES, 'maxRequests'])
    expect([...names].filter((name) => documented?.includes(`\`${name}\``) !== true)).to.deep.equal([])
    expect(names.size).to.be.greaterThan(30)
  })

  it('name files that exist', () => {
    const wrong: string[] = []
    for (const { path, text } of pages) {
      for (const [, file = ''] of text.matchAll(/\b((?:src|test|scripts)\/[\w./-]+\.\w+)\b/g))
        if (!existsSync(join(ROOT, file))) wrong.push(`${path}: ${file}`)
    }
    expect(wrong).to.deep.equal([])
  })

  it('quote messages that the source has', () => {
    const [, table = ''] = /\n## Messages\n([^]*?)\n## /.exec(page('docs/troubleshooting.md').text) ?? []
    const quoted = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = '']) => message)
    const source = sources('src').map((file) => readFileSync(join(ROOT, file), 'utf8'))
    expect(quoted.filter((message) => !source.some((text) => text.includes(message)))).to.deep.equal([])
    expect(quoted.length).to.be.greaterThan(3)
  })

  it('name each folder of src in docs/folders.md, and files that exist', () => {
    const { text } = page('docs/folders.md')
    const all = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    const folders = all.filter((path) => !path.includes('.'))
    const depth = (path: string): number => path.split('/').length
    // Two levels, without folders that hold others beside an entry.
    const inTable = folders.filter(
      (path) => depth(path) === 2 || (depth(path) === 1 && !all.some((other) => isFolderIn(other, path))),
    )
    const [, table = ''] = /^\| Folder \|([^]*?)\n\n/m.exec(`${text}\n`) ?? []
    expect(inTable.filter((path) => !new RegExp(`^\\|[^|]*\`${path}\``, 'm').test(table))).to.deep.equal([])
    expect(inTable.length).to.be.greaterThan(30)

    const both = text + page('docs/architecture.md').text
    const named = [...prose(both).matchAll(/`([\w/-]+(?:\.ts|\/))`/g)].map(([, path = '']) => path)
    const paths = [...all, ...folders.map((path) => `${path}/`), 'src/', 'docs/'].map((path) => `/${path}`)
    expect(named.filter((name) => !paths.some((path) => path.endsWith(`/${name}`)))).to.deep.equal([])
    expect(named.length).to.be.greaterThan(20)
  })

  for (const { path, text } of documents()) {
    const limit = path === 'README.md' ? 9000 : GENERATED.has(path) ? 12_000 : 11_000
    it(`${path} has at most ${limit} bytes`, () => {
      expect(Buffer.byteLength(text)).to.be.at.most(limit)
    })
  }

  for (const [path, text] of GENERATED)
    it(`${path} is what \`npm run docs\` writes`, () => {
      expect(page(path).text).to.equal(text())
    })
})
