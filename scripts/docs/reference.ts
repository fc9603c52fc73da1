/**
 * The reference of all exported names, from their TSDoc: pages in Markdown. libcurl's options and PHP's
 * constants are left out: they have descriptions of their own, and would be nine tenths of it. Does not know
 * where it is read.
 */
import { join, resolve } from 'node:path'
import { Application, type Context, Converter } from 'typedoc'
import type {} from 'typedoc-plugin-markdown'

const root = resolve(import.meta.dirname, '../..')
const ENTRIES = ['index', 'php/index', 'report/index', 'bullmq/index']

/** Reads the source. A link that leads nowhere is an error. */
async function read(out: string): Promise<[Application, Awaited<ReturnType<Application['convert']>>]> {
  const app = await Application.bootstrapWithPlugins({
    name: 'parallelcurl',
    entryPoints: ENTRIES.map((name) => join(root, 'src', `${name}.ts`)),
    tsconfig: join(root, 'scripts/tsconfig.build.json'),
    plugin: ['typedoc-plugin-markdown'],
    out,
    // Nothing else is in there, and pages of names that are gone must not stay.
    cleanOutputDir: true,
    readme: 'none',
    logLevel: 'Warn',
    disableSources: true,
    hideGenerator: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    externalPattern: ['**/node_modules/**', '**/curl-options.ts', '**/php/values/constants.ts'],
    // Names and numbers of PHP's constants.
    intentionallyNotExported: ['AlwaysString', 'NumberInfo', 'StringInfo'],
    validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true },
    treatWarningsAsErrors: true,
    treatValidationWarningsAsErrors: true,
  })
  // The same options under their full names, which a mapped type makes: no file is where they are declared.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }: Context) => {
    for (const reflection of Object.values(project.reflections))
      if (reflection.name.startsWith('CURLOPT_')) project.removeReflection(reflection)
    // As people import them.
    for (const entry of project.children ?? [])
      entry.name = entry.name === 'index' ? 'parallelcurl' : `parallelcurl/${entry.name}`
  })
  return [app, await app.convert()]
}

/** What is wrong with links and comments, as an error. It has been told on stderr. */
function assertGood(app: Application, isRead: boolean): void {
  const { errorCount, warningCount } = app.logger
  if (!isRead || errorCount + warningCount > 0)
    throw new Error(`${errorCount} errors and ${warningCount} warnings in comments of the source`)
}

/** Looks for links that lead nowhere; writes nothing. */
export async function checkReference(): Promise<void> {
  const [app, project] = await read(join(root, 'docs/api'))
  if (project !== undefined) app.validate(project)
  assertGood(app, project !== undefined)
}

/** Writes the pages into this folder, in the place of all that is there; README.md is the first one. */
export async function writeReference(folder: string): Promise<void> {
  const [app, project] = await read(folder)
  if (project !== undefined) {
    app.validate(project)
    await app.generateOutputs(project)
  }
  assertGood(app, project !== undefined)
}
