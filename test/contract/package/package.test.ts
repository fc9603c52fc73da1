/**
 * package.json and what is published belong together. Does not know what is exported:
 * scripts/package/check-package.mjs packs it, installs it and runs the README's example.
 */
import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

const read = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')

interface Manifest {
  version: string
  exports: Record<string, string | { types: string; default: string }>
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  peerDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
}
const manifest = JSON.parse(read('package.json')) as Manifest

describe('the package', () => {
  it('exports files that are built from source files, with types', () => {
    for (const [subpath, target] of Object.entries(manifest.exports)) {
      if (typeof target === 'string') continue
      const [, name] = /^\.\/dist\/(.+)\.js$/.exec(target.default) ?? []
      expect(target.types, subpath).to.equal(`./dist/${name}.d.ts`)
      expect(existsSync(new URL(`../../../src/${name}.ts`, import.meta.url)), `src/${name}.ts`).to.be.true
    }
  })

  it('allows both majors of node-libcurl, and their install scripts', () => {
    expect(manifest.dependencies['node-libcurl']).to.equal('4.0.0 || ^5.1.2')
    expect(manifest.allowScripts).to.deep.equal({ 'node-libcurl': true })
    expect(read('README.md')).to.include('{ "allowScripts": { "node-libcurl": true } }')
  })

  it('asks for undici without a range: npm 10 fails over one, since node-gyp of node-libcurl 5 brings undici 6', () => {
    expect(manifest.peerDependencies['undici']).to.equal('*')
  })

  it('pins its devDependencies exactly, because there is no lockfile', () => {
    for (const [name, version] of Object.entries(manifest.devDependencies)) {
      expect(version, name).to.match(/^(npm:.+@)?\d+\.\d+\.\d+$/)
    }
  })

  it('has the commands that the README names', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    for (const [, name] of read('README.md').matchAll(/\bnpm (?:run )?(demo|test(?::\w+)?|bench)\b/g)) {
      expect(scripts).to.have.property(name!)
    }
  })
})
