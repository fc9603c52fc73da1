// Loaded before a program with --require: writes the files and the modules of Node.js that it has loaded.
const { writeFileSync } = require('node:fs')
const before = new Set(process.moduleLoadList)
process.once('exit', () => {
  const modules = process.moduleLoadList
    .filter((name) => !before.has(name) && name.startsWith('NativeModule '))
    .map((name) => name.slice('NativeModule '.length))
  const files = Object.keys(require.cache).filter((file) => file !== __filename)
  writeFileSync(process.env.LOADED, JSON.stringify({ files, modules }))
})
