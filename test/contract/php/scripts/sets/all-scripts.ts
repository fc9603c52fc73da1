/** All scripts of the comparison with PHP. Does not run them. */
import { easyScripts } from './easy-scripts.js'
import { functionScripts } from './function-scripts.js'
import { jarScripts } from './jar-scripts.js'
import { logScripts } from './log-scripts.js'
import { multiScripts } from './multi-scripts.js'
import { formScripts } from '../../php-src/form-scripts.js'
import { otherScripts } from '../../php-src/other-scripts.js'
import { streamScripts } from '../../php-src/stream-scripts.js'
import { tlsScripts } from '../../php-src/tls-scripts.js'
import { shareScripts, textScripts } from './share-scripts.js'
import { setoptScripts } from './setopt-scripts.js'
import type { Script } from '../script.js'

export const allScripts: readonly Script[] = [
  ...easyScripts,
  ...functionScripts,
  ...jarScripts,
  ...logScripts,
  ...multiScripts,
  ...shareScripts,
  ...textScripts,
  ...setoptScripts,
  ...streamScripts,
  ...formScripts,
  ...otherScripts,
  ...tlsScripts,
]
