/**
 * The one kind of request that options may ask for. Does not know what a kind implies.
 */
import type { HttpMethodKind, OperationSettings } from '../../operation-settings.js'

const NAMES: Readonly<Record<HttpMethodKind, string>> = {
  unspecified: '',
  get: 'GET (-G, --get)',
  head: 'HEAD (-I, --head)',
  form: 'multipart formpost (-F, --form)',
  post: 'POST (-d, --data)',
  put: 'PUT (-T, --upload-file)',
}

/** @returns false, and warns, where another kind was asked for before */
export function chooseMethod(
  settings: OperationSettings,
  kind: HttpMethodKind,
  warn: (text: string) => void,
): boolean {
  if (settings.httpMethod === 'unspecified' || settings.httpMethod === kind) {
    settings.httpMethod = kind
    return true
  }
  warn(
    `You can only select one HTTP request method! You asked for both ${NAMES[kind]} and ${NAMES[settings.httpMethod]}.`,
  )
  return false
}
