/** The file that swallows everything, without `node:os`. */
export const DEV_NULL = process.platform === 'win32' ? '\\\\.\\nul' : '/dev/null'
