#!/usr/bin/env bash
# Spaces, tabs and line ends alike set the tokens of a .netrc file apart (the manual of GNU Inetutils, "The .netrc file").
# curl 7.88.1 and Python 3.11 read user and password from each of the layouts below.
# netrc-parser reads two: all on one line with one space between the tokens, or a token and its value on each line, indented. In other
# layouts the login or the password is missing, without an error, and requests go out without credentials.
# Seen with netrc-parser 3.1.6; the output is at the end of this file. Needs Node.js 20.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts netrc-parser@3.1.6 >install.log 2>&1 || { cat install.log; exit 1; }
cat >layouts.cjs <<'JS'
const { parse } = require('netrc-parser')

const layouts = {
  'one line': 'machine h.example login user password secret\n',
  'indented lines': 'machine h.example\n  login user\n  password secret\n',
  'lines that are not indented': 'machine h.example\nlogin user\npassword secret\n',
  'two spaces': 'machine h.example  login user  password secret\n',
  'password on its own line': 'machine h.example login user\n  password secret\n',
  'login and password on one line': 'machine h.example\n  login user password secret\n',
  tabs: 'machine h.example\tlogin\tuser\tpassword\tsecret\n',
}
for (const [name, text] of Object.entries(layouts)) {
  const { login, password } = parse(text)['h.example'] ?? {}
  console.log(`${name}: ${login} ${password}`)
}
JS
seen=$(node layouts.cjs)
echo "$seen"
[ "$seen" = 'one line: user secret
indented lines: user secret
lines that are not indented: undefined undefined
two spaces: undefined secret
password on its own line: user undefined
login and password on one line: undefined undefined
tabs: undefined undefined' ] || { echo 'this has changed'; exit 1; }
