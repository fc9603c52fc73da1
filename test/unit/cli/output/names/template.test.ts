/** Names of files: whatever a URL says, they are names and stay below their folder. */
import { isAbsolute, normalize } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { DataError, UsageError } from '../../../../../src/cli/errors/errors.js'
import {
  isNumbered,
  checkLineOutput,
  checkTemplate,
  fillTemplate,
  hasVariables,
  remoteName,
} from '../../../../../src/cli/output/names/template.js'

const named = (url: string, extra: object = {}) => ({ input: { url, ...extra }, n: 7, status: 200 })

describe('names of files', () => {
  it('are made of the parts of a request', () => {
    const url = 'https://user:pw@example.test:8443/a/b.c.html?q=1/2#x'
    const template = '{scheme}|{host}|{port}|{path}|{name}|{ext}|{query}|{n}|{status}|{id}'
    expect(fillTemplate(template, named(url, { id: 'x/y' }))).to.equal(
      'https|example.test|8443|a/b.c.html|b.c.html|html|q=1_2|7|200|x_y',
    )
    expect(fillTemplate('{name}-{sha1}', named('example.test'))).to.match(/^index-[0-9a-f]{40}$/)
    expect(fillTemplate('{col}', named('x', { columns: { col: '../z' } }))).to.equal('.._z')
    expect([hasVariables('{n}'), hasVariables('n')]).to.deep.equal([true, false])
    expect(() => {
      checkTemplate('{nope}', false)
    }).to.throw(UsageError, 'there is no {nope}')
  })

  it('B1: of empty values are _, so that what is relative stays so', () => {
    const columns = { a: '', b: '', id: '' }
    const empty = named('http://x.test/', { id: '', columns })
    expect(fillTemplate('{a}/{b}{query}/{ext}-{id}-{port}', empty)).to.equal('_/__/_-_-80')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.webUrl(), (a, id, url) => {
        for (const template of [
          '{a}/{id}/x',
          '{a}{id}/x',
          '{query}/{ext}/x',
          '{scheme}/{port}',
          '{host}',
          '.{a}/x',
        ]) {
          const name = fillTemplate(template, named(url, { id, columns: { a } }))
          expect(isAbsolute(name), name).to.be.false
          expect(normalize(`f/${name}`).startsWith('f/'), name).to.be.true
        }
      }),
      { numRuns: 50 },
    )
  })

  it('B8: have no variables of the object that holds them', () => {
    for (const variable of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const fill = () => fillTemplate(`{${variable}}`, named('http://x/', { columns: { a: 'b' } }))
      expect(fill, variable).to.throw(DataError, `there is no {${variable}}: there are {n} `)
    }
  })

  it('of -O are how the URL ends', () => {
    expect(remoteName('http://x.test/a/b%20c.txt?d/e#f')).to.equal('b%20c.txt')
    expect(remoteName('http://x.test')).to.equal('curl_response')
    expect(remoteName('http://x.test/a/..')).to.equal('__')
  })

  it('never leave their folder, and are never too long', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl(),
      fc.constantFrom('http://x/../..', '..', '/', '//a//..', `http://x/${'ü'.repeat(300)}`),
    )
    fc.assert(
      fc.property(anything, anything, (url, id) => {
        for (const template of ['{host}/{path}', '{name}', '{id}', '{query}', '{port}{ext}']) {
          const name = fillTemplate(template, named(url, { id }))
          expect(isAbsolute(normalize(name))).to.be.false
          expect(normalize(`folder/${name}`)).to.match(/^folder/)
          expect(normalize(`folder/${name}`).split('/')).to.not.include('..')
          expect(name).to.not.include('\0')
          for (const part of name.split('/')) expect(Buffer.byteLength(part)).to.be.below(256)
        }
        expect(remoteName(url)).to.not.match(/[/\0]|^\.{0,2}$/)
      }),
    )
    for (const output of ['', '/x', '../x', 'a/../../x', 'a/', 'a\0', 'a\\..\\b']) {
      expect(() => {
        checkLineOutput(output)
      }, output).to.throw(UsageError)
    }
  })

  it('F4: that have the number in a place of its own are the same for no two requests', () => {
    for (const template of [
      '{n}',
      'a/{n}.html',
      '{host}/{n}-{sha1}',
      'page-{n}.{ext}',
      '{path}/{n}',
      '{n}/{path}',
    ])
      expect(isNumbered(template), template).to.be.true
    for (const template of [
      '{path}',
      '{id}{n}',
      '{n}{id}',
      '{n}0',
      '{path}/{n}/{path}',
      'x',
      '{host}/{id}-{n}',
    ])
      expect(isNumbered(template), template).to.be.false
  })
})
