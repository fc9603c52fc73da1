/** What is wrong with an HTTP archive, by the official schema. Does not know who has made it. */
import { createRequire } from 'node:module'
import { isIPv4, isIPv6 } from 'node:net'
import { Ajv, type AnySchemaObject } from 'ajv'

const require = createRequire(import.meta.url)

const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text))

type Validate = ReturnType<Ajv['compile']>
let validator: Validate | undefined

/** The schemas of the format, which are of JSON Schema draft 6. Compiling them takes a tenth of a second. */
function compiled(): Validate {
  const ajv = new Ajv({
    strict: false,
    formats: { ipv4: isIPv4, ipv6: isIPv6, 'date-time': isDate, uri: (text: string) => URL.canParse(text) },
  })
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json') as AnySchemaObject)
  ajv.addSchema(Object.values(require('har-schema') as Record<string, AnySchemaObject>))
  return ajv.getSchema('har.json#') as Validate
}

/** Returns what the schema does not allow; an empty list if nothing is wrong. */
export function harProblems(har: unknown): unknown {
  const validate = (validator ??= compiled())
  return validate(har) ? [] : validate.errors
}
