/**
 * Catalogs of builds that need not be installed, and short ways to compile against them. Does not know
 * libcurl.
 */
import { expect } from 'chai'
import { OptionError } from '../../../src/errors.js'
import { compileOptions, type CompileContext } from '../../../src/options/compile-options.js'
import type { CompiledOptions } from '../../../src/options/values/compiled-options.js'
import { INFOS } from '../../../src/options/catalog/info-table.js'
import { createCatalog, type Catalog } from '../../../src/options/catalog/option-catalog.js'
import { EASY_OPTIONS } from '../../../src/options/catalog/option-table.js'
import { parseTable } from '../../../src/options/catalog/table-rows.js'

/** Returns the names of a table that node-libcurl of this major lists. */
function listed(tables: readonly string[], major: 4 | 5): Record<string, number> {
  const rows = tables.flatMap((text) => parseTable(text, 'any'))
  const other = major === 4 ? '/5' : '/4'
  return Object.fromEntries(
    rows.filter(({ needs }) => !needs.endsWith(other)).map(({ name, id }) => [name, id]),
  )
}

/** The catalog of a complete build of node-libcurl 4 or 5. */
export function catalogOf(major: 4 | 5): Catalog {
  const libcurl = major === 4 ? 'libcurl/7.88.1 OpenSSL/3.0.19' : 'libcurl/8.22.0 OpenSSL/3.5.4'
  return createCatalog(listed(Object.values(EASY_OPTIONS), major), listed([INFOS], major), {
    libcurl,
    nodeLibcurlMajor: major,
  })
}

const catalog = catalogOf(4)

/** Compiles options of a request, or as the context says. */
export function compile(input: unknown, context: Partial<CompileContext> = {}): CompiledOptions {
  return compileOptions(input, { catalog, role: 'request', where: 'startRequest', ...context })
}

/** Names and values in the order in which libcurl gets them. */
export function flat(compiled: CompiledOptions): unknown[] {
  return compiled.ids.map((id, i) => [id, compiled.values[i]])
}

/** The `OptionError` that a function throws; anything else fails the test. */
export function optionError(run: () => unknown): OptionError {
  try {
    run()
  } catch (error) {
    expect(error).to.be.instanceOf(OptionError)
    return error as OptionError
  }
  throw new Error('nothing was thrown')
}

/** The message of the error that these options give. */
export function refusal(input: unknown, context: Partial<CompileContext> = {}): string {
  return optionError(() => compile(input, context)).message
}
